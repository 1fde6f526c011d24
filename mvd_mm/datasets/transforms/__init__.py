from .format_views import FormatViews
from .in_memory_decord_init import InMemoryDecordInit
from .masking import RandomMasking, TubeMasking
from .two_resolution_resize import TwoResolutionResize

__all__ = [
    'FormatViews', 'InMemoryDecordInit', 'RandomMasking', 'TubeMasking',
    'TwoResolutionResize'
]

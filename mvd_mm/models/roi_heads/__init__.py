from mvd_mm.utils.detection_packages import require_detection_packages

require_detection_packages()

from .bbox_heads import PersonScoreBBoxHead  # noqa: E402  isort:skip
from .mvd_roi_head import MVDRoIHead  # noqa: E402  isort:skip
from .roi_extractors import RoIAlignExtractor3D  # noqa: E402  isort:skip

__all__ = ['PersonScoreBBoxHead', 'MVDRoIHead', 'RoIAlignExtractor3D']

"""How fast it is, beside the same work on MMAction2's own blocks."""
from .data import run_data_benchmark
from .reading import format_reading, run_reading_benchmark
from .report import fitted_exponent, format_growth, format_report, save_plot
from .run import TASKS, run_benchmark

__all__ = [
    'TASKS', 'fitted_exponent', 'format_growth', 'format_reading',
    'format_report', 'run_benchmark', 'run_data_benchmark',
    'run_reading_benchmark', 'save_plot'
]

"""Where the quickstart finds the project's files and keeps its own."""
import os
from pathlib import Path

# the clone, or mvd_mm/.mim of an installed package: both hold these folders
ROOT = Path(__file__).resolve().parents[2]
CONFIGS = ROOT / 'configs' / 'mvd'
TOOLS = ROOT / 'tools'
RUNS = ROOT / 'work_dirs' / 'quickstart'


def cache_dir() -> Path:
    """Where rendered videos are kept between runs."""
    if 'MVD_MM_CACHE' in os.environ:
        return Path(os.environ['MVD_MM_CACHE'])
    base = os.environ.get('XDG_CACHE_HOME') or Path.home() / '.cache'
    return Path(base) / 'mvd_mm'

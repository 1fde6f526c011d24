"""Published data sets: their annotation files as lists of videos."""
from .build import DATASETS, build_official

__all__ = ['DATASETS', 'build_official']

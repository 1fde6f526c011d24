"""Fixed position tables: building, telling them apart, fitting to a grid."""
from .fitting import fit_position_table
from .tables import (POSITION_TABLES, build_position_table, identify_table,
                     resize_position_table, sincos_2d, sincos_3d, sinusoid_1d)

__all__ = [
    'fit_position_table', 'POSITION_TABLES', 'build_position_table',
    'identify_table', 'resize_position_table', 'sincos_2d', 'sincos_3d',
    'sinusoid_1d'
]

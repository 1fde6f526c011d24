"""Fixed position tables: building, telling them apart, fitting to a grid."""
from .checks import (check_missing_table, check_same_table, choose_table,
                     table_fault)
from .fitting import fit_position_table
from .identification import identify_table, table_of
from .resizing import resize_position_table
from .tables import (POSITION_TABLES, build_position_table, sincos_2d,
                     sincos_3d, sinusoid_1d)

__all__ = [
    'check_missing_table', 'check_same_table', 'choose_table', 'table_fault',
    'fit_position_table', 'identify_table', 'table_of',
    'resize_position_table', 'POSITION_TABLES', 'build_position_table',
    'sincos_2d', 'sincos_3d', 'sinusoid_1d'
]

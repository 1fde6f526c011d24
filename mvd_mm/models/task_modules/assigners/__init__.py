from .row_assigner import RowAssigner

__all__ = ['RowAssigner']

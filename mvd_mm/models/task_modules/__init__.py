from .assigners import RowAssigner

__all__ = ['RowAssigner']

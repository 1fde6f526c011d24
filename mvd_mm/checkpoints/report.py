"""What became of every weight of a file and of a model."""
from typing import Dict, List, NamedTuple

__all__ = ['LoadReport']


class LoadReport(NamedTuple):
    """What became of every weight; as text, a line per reason."""

    source: str  # the file
    target: str  # the model, or the naming it was converted to
    matched: int  # weights taken over
    dropped: Dict[str, List[str]]  # of the file, by reason
    fresh: Dict[str, List[str]]  # of the model, not in the file, by reason
    reshaped: List[str]  # position tables of another grid
    notes: List[str]  # what else a reader should know

    def __str__(self) -> str:
        lines = [f'{self.source} -> {self.target}: {self.matched} matched']
        for what, groups in (('dropped', self.dropped), ('not in the file',
                                                         self.fresh)):
            lines += [
                f'  {what}, {len(keys)}: {reason} ({", ".join(keys[:3])}' +
                (', ...)' if len(keys) > 3 else ')')
                for reason, keys in groups.items()
            ]
        lines += [f'  reshaped: {line}' for line in self.reshaped]
        lines += [f'  note: {line}' for line in self.notes]
        return '\n'.join(lines)

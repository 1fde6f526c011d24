"""What became of every weight of a file and of a model."""
from typing import Dict, List, NamedTuple

__all__ = ['LoadReport']


class LoadReport(NamedTuple):
    """What became of every weight; as text, a line per reason.

    Args:
        source (str): The file.
        target (str): The model, or the naming it was converted to.
        matched (int): Weights taken over.
        dropped (dict[str, list[str]]): Weights of the file, by reason.
        fresh (dict[str, list[str]]): Weights of the model that are not in the
            file, by reason.
        reshaped (list[str]): Position tables of another grid.
        notes (list[str]): What else a reader should know.
    """

    source: str
    target: str
    matched: int
    dropped: Dict[str, List[str]]
    fresh: Dict[str, List[str]]
    reshaped: List[str]
    notes: List[str]

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

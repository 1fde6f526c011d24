"""Features in parts: what a killed extraction goes on from."""
import json
from pathlib import Path
from typing import Any, Dict, Iterator, List, Sequence

import numpy as np

from mvd_mm.utils.atomic import remove_partial, whole_file, write_text
from .feature_files import FeatureStream, writer_of

__all__ = ['FeatureParts']


class FeatureParts:
    """A folder beside the file that is wanted, with one file for each batch.

    Each part is written as a whole. The file is put together from all parts,
    in their order, so that it is the same, byte for byte, whatever was
    interrupted.

    Args:
        out (Path): The file that is wanted; the folder is called
            ``<out>.parts``.
        plan (dict): All that the features depend on; JSON can write it.
        number (int): Parts.

    Raises:
        ValueError: If the folder holds parts of another extraction.
    """

    def __init__(self, out: Path, plan: Dict[str, Any], number: int) -> None:
        self.out, self.number = out, number
        self.folder = out.with_name(f'{out.name}.parts')
        self.folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(plan, sort_keys=True, indent=1) + '\n'
        note = self.folder / 'plan.json'
        if not note.is_file():
            write_text(note, text)
        found = note.read_text(encoding='utf-8')
        if found != text:
            old = json.loads(found)
            differing = sorted(
                key for key in {*old, *plan}
                if json.dumps(old.get(key)) != json.dumps(plan.get(key)))
            raise ValueError(
                f'{self.folder} holds parts of another extraction, which '
                f'differs in {differing}: delete it, or name another `out`')

    def path(self, part: int) -> Path:
        """File of a part."""
        return self.folder / f'{part:07d}.npz'

    def missing(self) -> List[int]:
        """Parts that are not there yet."""
        return [i for i in range(self.number) if not self.path(i).is_file()]

    def write(self, part: int, **arrays: np.ndarray) -> None:
        """Store a part as a whole."""
        with whole_file(self.path(part)) as partial:
            with partial.open('wb') as file:
                np.savez(file, **arrays)  # type: ignore[arg-type]

    def read(self, part: int) -> Dict[str, np.ndarray]:
        """Read a part."""
        with np.load(self.path(part), allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}

    def put_together(self, small: Dict[str, np.ndarray]) -> int:
        """Write the file that is wanted, one part in memory at a time.

        Args:
            small (dict): Arrays of the file beside ``features``.

        Returns:
            int: Rows written.

        Raises:
            ValueError: If no part has a row.
        """
        rows, like = 0, None
        for part in range(self.number):
            array = self.read(part)['features']
            rows += len(array)
            like = array if len(array) else like
        if like is None:
            raise ValueError('no video could be read, so there are no '
                             f'features; reasons are in {self.folder}')
        with whole_file(self.out) as partial:
            writer_of(self.out)(partial,
                                FeatureStream(rows, like, self._chunks()),
                                small)
        return rows

    def _chunks(self) -> Iterator[np.ndarray]:
        for part in range(self.number):
            array = self.read(part)['features']
            if len(array):
                yield array

    def gather(self, names: Sequence[str]) -> Dict[str, np.ndarray]:
        """Join small arrays of all parts."""
        parts = [self.read(part) for part in range(self.number)]
        return {
            name: np.concatenate([part[name] for part in parts])
            for name in names
        }

    def remove(self) -> None:
        """Remove the folder."""
        remove_partial(self.folder, '*')
        for path in [*self.folder.glob('*.npz'), self.folder / 'plan.json']:
            path.unlink(missing_ok=True)
        self.folder.rmdir()

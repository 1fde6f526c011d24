"""What a run of shrinking has done: lines as it goes, a sum at the end."""
import csv
from pathlib import Path
from typing import Any, List

import numpy as np

__all__ = ['ShrinkingReport']

_COLUMNS = ('video', 'copy', 'frames', 'width', 'height', 'bytes before',
            'bytes after', 'PSNR in dB')


class ShrinkingReport:
    """``report.csv`` of the copies and ``skipped.txt`` of the others.

    ``report.csv`` grows over several runs into one folder; ``skipped.txt`` is
    of the last run that skipped something.

    Args:
        out (Path): Folder of the copies.
    """

    def __init__(self, out: Path) -> None:
        out.mkdir(parents=True, exist_ok=True)
        self.out = out
        self.skipped: List[str] = []
        self._before = self._after = self._number = 0
        self._psnr: List[float] = []

    def add(self, source: Path, target: Path, found: Any) -> None:
        """Note a :class:`.Copy`, or the reason why there is none."""
        if isinstance(found, (str, Exception)):
            self.skipped.append(f'{source}\t{found}')
            (self.out / 'skipped.txt').write_text('\n'.join(self.skipped) +
                                                  '\n')
            return
        path = self.out / 'report.csv'
        with path.open('a', newline='', encoding='utf-8') as file:
            writer = csv.writer(file)
            if not file.tell():
                writer.writerow(_COLUMNS)
            psnr = '' if found.psnr is None else f'{found.psnr:.2f}'
            writer.writerow((source, target, found.frames, *found.size,
                             found.bytes_before, found.bytes_after, psnr))
        self._number += 1
        self._before += found.bytes_before
        self._after += found.bytes_after
        if found.psnr is not None:
            self._psnr.append(found.psnr)

    def close(self) -> None:
        """Print the sum."""
        if self._number:
            print(f'{self._number} videos copied: {self._before / 1e6:.1f} MB '
                  f'before, {self._after / 1e6:.1f} MB after; see '
                  f"{self.out / 'report.csv'}")
        if self._psnr:
            print(f'PSNR {np.mean(self._psnr):.1f} dB on average, at least '
                  f'{min(self._psnr):.1f} dB')
        if self.skipped:
            print(f'{len(self.skipped)} videos could not be read, see '
                  f"{self.out / 'skipped.txt'}")

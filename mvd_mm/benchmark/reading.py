"""How fast copies of videos are read, by their key frames."""
import io
import tempfile
from pathlib import Path
from statistics import mean
from typing import Any, Callable, Dict, List, Optional, Sequence

import decord
import numpy as np

from mvd_mm.datasets.transforms.checked_reader import CheckedReader
from mvd_mm.datasets.video_shrinking import Copy, Job, shrink
from .data import compose, take_turns
from .run import machine

__all__ = ['format_reading', 'run_reading_benchmark']


def _decord(data: bytes, name: str) -> Any:
    return decord.VideoReader(io.BytesIO(data), num_threads=1)


_READERS: Dict[str, Callable[[bytes, str], Any]] = dict(
    decord=_decord, ours=CheckedReader)


def run_reading_benchmark(pipeline: Sequence[dict],
                          videos: Sequence[str],
                          keyframes: Sequence[int] = (250, 12, 4, 1),
                          short_side: int = 256,
                          crf: int = 18,
                          repeats: int = 5,
                          clips: int = 4) -> Dict[str, Any]:
    """Read clips of originals and of copies, all kinds and readers in turn.

    Args:
        pipeline (list[dict]): Of a config; its second step samples frames.
        videos (Sequence[str]): Paths of the originals.
        keyframes (Sequence[int]): Frames from one key frame to the next, of
            each kind of copies.
        short_side (int): Of the copies, in pixels.
        crf (int): Of the copies, see :class:`.H264Writer`.
        repeats (int): Rounds over all videos, after one that warms up.
        clips (int): Clips of a video that are also read in one request.

    Returns:
        dict: ``rows``, of the originals and of each kind of copies: bytes,
        PSNR of the luma in dB, and milliseconds a clip by both readers.

    Raises:
        ValueError: If a video cannot be read or copied.
    """
    sampler = compose(pipeline[1:2])
    with tempfile.TemporaryDirectory() as folder:
        kinds: Dict[str, List[bytes]] = dict(
            originals=[Path(path).read_bytes() for path in videos])
        quality: Dict[str, Optional[float]] = dict(originals=None)
        for number in keyframes:
            kind = f'key frame every {number}'
            copies = [
                _copy(
                    Job(Path(path),
                        Path(folder, f'{number}_{index}.mp4'),
                        short_side,
                        crf=crf,
                        keyframes=number,
                        compare=True)) for index, path in enumerate(videos)
            ]
            kinds[kind] = [
                Path(folder, f'{number}_{index}.mp4').read_bytes()
                for index in range(len(videos))
            ]
            quality[kind] = mean(copy.psnr or 0. for copy in copies)
    lengths = {
        path: len(CheckedReader(data, path))
        for path, data in zip(videos, kinds['originals'])
    }

    def side(kind: str, reader: str, number: int) -> Callable[[str], None]:
        data = dict(zip(videos, kinds[kind]))

        def read(path: str) -> None:
            video = dict(total_frames=lengths[path], start_index=0)
            indices = np.concatenate(
                [sampler(dict(video))['frame_inds'] for _ in range(number)])
            opened = _READERS[reader](data[path], f'{kind} {path}')
            opened.get_batch(indices).asnumpy()

        return read

    found = take_turns(
        {
            (kind, reader, number): side(kind, reader, number)
            for kind in kinds
            for reader in _READERS
            for number in (1, clips)
        }, videos, repeats)
    rows = [
        dict(
            kind=kind,
            bytes=sum(map(len, data)),
            psnr=quality[kind],
            readers={
                reader: {
                    number: {
                        key: found[kind, reader, number][key] / number
                        for key in ('ms', 'cpu_ms')
                    }
                    for number in (1, clips)
                }
                for reader in _READERS
            }) for kind, data in kinds.items()
    ]
    return dict(
        task='reading',
        videos=len(videos),
        machine=machine('cpu'),
        repeats=repeats,
        clips=clips,
        sampling=dict(pipeline[1]),
        crf=crf,
        rows=rows)


def _copy(job: Job) -> Copy:
    found = shrink(job)
    if isinstance(found, str):
        raise ValueError(f'`videos`: {job.source}: {found}')
    return found


def format_reading(result: Dict[str, Any]) -> str:
    """The figures as a table in Markdown, processor time in milliseconds.

    Args:
        result (dict): Of :func:`run_reading_benchmark`.

    Returns:
        str: Lines of the table.
    """
    clips = result['clips']
    lines = [
        '| files | MB | PSNR, dB | decord | ours | decord, one of '
        f'{clips} read at once | ours |', '| --- ' * 7 + '|'
    ]
    for row in result['rows']:
        psnr = '-' if row['psnr'] is None else f'{row["psnr"]:.1f}'
        times = ' | '.join(f'{row["readers"][reader][number]["cpu_ms"]:.1f}'
                           for number in (1, clips) for reader in _READERS)
        lines.append(f'| {row["kind"]} | {row["bytes"] / 1e6:.1f} | {psnr} | '
                     f'{times} |')
    return '\n'.join(lines)

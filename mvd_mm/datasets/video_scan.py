"""Check the videos of a list as training would read them."""
import csv
import os
from collections import deque
from multiprocessing import TimeoutError
from pathlib import Path
from typing import (Any, Deque, Dict, Iterator, List, NamedTuple, Optional,
                    Tuple)

from mmengine.fileio import join_path

from mvd_mm.utils.progress import Progress
from .transforms.checked_decord_init import CheckedDecordInit
from .transforms.checked_reader import TIME_LIMIT
from .transforms.video_decoding import (READ_ERRORS, BrokenVideoError,
                                        first_line)
from .transforms.video_survey import survey
from .video_list import find_delimiter, read_video_list
from .worker_pool import worker_pool

__all__ = ['Verdict', 'scan_list', 'scan_video']

_COLUMNS = ('video', 'verdict', 'reason')


class Verdict(NamedTuple):
    """What was found out about a video.

    Args:
        kind (str): ``'good'``; ``'slow'``, read exactly but from the first
            frame on; ``'damaged'``, readable with damaged pictures, which
            training does not notice; ``'broken'``, what training replaces.
        reason (str): Why it is not good.
    """

    kind: str
    reason: str = ''


def scan_video(path: str) -> Verdict:
    """Read every frame of a video by the way that training takes.

    Args:
        path (str): Video file.
    """
    try:
        reader = CheckedDecordInit(time_limit=1e6)._get_video_reader(path)
        if reader.seeks:  # else all frames were decoded to count them
            for _ in reader:
                pass
    except READ_ERRORS as error:
        return Verdict('broken', first_line(error))
    try:
        found = survey(reader.data, thorough=True)
    except BrokenVideoError as error:
        return Verdict('damaged', first_line(error))
    if found.slow_reason:
        return Verdict(
            'slow', f'{found.slow_reason}: shrink_videos.py '
            'makes a copy that is read fast')
    return Verdict('good')


def scan_list(ann_file: Path,
              out: Path,
              prefix: Optional[str] = None,
              delimiter: Optional[str] = None,
              workers: Optional[int] = None,
              time_limit: float = TIME_LIMIT) -> Dict[str, Verdict]:
    """Check all videos of a list in parallel.

    Writes ``report.csv`` (video, verdict, reason), a line as soon as a video
    is checked, and at the end ``skip_list.txt`` with the broken and damaged
    ones. Videos that ``report.csv`` knows already are not checked again, so
    that an interrupted scan goes on.

    Args:
        ann_file (Path): Annotation file, see :func:`.read_video_list`.
        out (Path): Folder of the two files.
        prefix (str, optional): Folder that the paths in the list start from.
        delimiter (str, optional): None: recognised.
        workers (int, optional): Number of processes; all cores by default.
        time_limit (float): Seconds that a single file may take.

    Returns:
        dict[str, Verdict]: For each video of the list, as named there.

    Raises:
        FileNotFoundError: If there is no such list.
        ValueError: If the list is not of its form, or ``report.csv`` is not
            one of this function.
    """
    if not ann_file.is_file():
        raise FileNotFoundError(f'the list does not exist: {str(ann_file)!r}')
    videos = read_video_list(ann_file, delimiter or find_delimiter(ann_file))
    names = list(dict.fromkeys(videos.name(i) for i in range(len(videos))))
    out.mkdir(parents=True, exist_ok=True)
    report = out / 'report.csv'
    verdicts = _read_report(report)
    pending = [name for name in names if name not in verdicts]
    if len(pending) < len(names):
        print(f'{len(names) - len(pending)} of {len(names)} videos are in '
              f'{report} already; delete it to check them again')
    progress = Progress(len(pending), 'videos checked')
    with report.open('a', newline='', encoding='utf-8') as file:
        writer = csv.writer(file)
        if not file.tell():
            writer.writerow(_COLUMNS)
        for name, verdict in _scan(pending, prefix, workers, time_limit):
            verdicts[name] = verdict
            writer.writerow((name, *verdict))
            file.flush()
            progress.step()
    verdicts = {name: verdicts[name] for name in names}
    bad = [(name, verdict) for name, verdict in verdicts.items()
           if verdict.kind in ('broken', 'damaged')]
    (out / 'skip_list.txt').write_text(
        ''.join(f'{name}\t{verdict.kind}: {verdict.reason}\n'
                for name, verdict in bad),
        encoding='utf-8')
    return verdicts


def _scan(names: List[str], prefix: Optional[str], workers: Optional[int],
          time_limit: float) -> Iterator[Tuple[str, Verdict]]:
    """Yield name and verdict; a file that hangs costs its time limit."""
    ahead = 4 * (workers or os.cpu_count() or 1)
    waiting = deque(names)
    while waiting:
        with worker_pool(workers) as pool:
            jobs: Deque[Tuple[str, Any]] = deque()
            lost = False
            while (waiting or jobs) and not lost:
                while waiting and len(jobs) < ahead:
                    name = waiting.popleft()
                    path = name if prefix is None else join_path(prefix, name)
                    jobs.append((name, pool.apply_async(scan_video, (path, ))))
                name, job = jobs.popleft()
                try:
                    verdict = job.get(time_limit)
                except TimeoutError:
                    # the worker hangs or is dead: go on with fresh ones
                    lost = True
                    verdict = Verdict(
                        'broken',
                        f'no answer from the decoder in {time_limit:g} s')
                yield name, verdict
            waiting.extendleft(name for name, _ in reversed(jobs))


def _read_report(path: Path) -> Dict[str, Verdict]:
    """Verdicts of an earlier scan, which may have ended within a line."""
    if not path.is_file() or not path.stat().st_size:
        return {}
    text = path.read_text(encoding='utf-8')
    whole = text[:text.rfind('\n') + 1]
    rows = list(csv.reader(whole.splitlines()))
    if not rows or tuple(rows[0]) != _COLUMNS:
        raise ValueError(f'{path} is not a report of check_videos.py: name '
                         'another folder')
    if whole != text:
        path.write_text(whole, encoding='utf-8')
    return {
        row[0]: Verdict(row[1], row[2])
        for row in rows[1:] if len(row) == len(_COLUMNS)
    }

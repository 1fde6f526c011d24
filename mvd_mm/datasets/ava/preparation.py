"""The official files of AVA v2.2 in one folder, and what is wrong there."""
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence, Set, Tuple, Union

from ..video_files import find_video, probe
from .findings import Finding
from .formats import read_label_list, read_rows, write_meta
from .official import LABELS, PERSON_BOXES, PROPOSALS, SCORED, collect
from .options import split_options
from .validation import splits_of_set, validate

__all__ = ['prepare', 'begin_of', 'unexpected_findings']

START, END = 900, 1800  # seconds of a film that AVA annotates
# kinds of findings that the official files have by design: persons are given
# for every second of each film
EXPECTED = ('proposal-orphan', 'proposal-missing', 'proposal-unmatched',
            'excluded-unknown')


def begin_of(videos: Path, names: Sequence[str]) -> int:
    """Second of the film at which the video files begin: 0 or 900.

    Args:
        videos (Path): Folder of the videos.
        names (Sequence[str]): Names of the annotated videos.

    Raises:
        FileNotFoundError: If the folder holds none of the videos.
        ValueError: If some are cut and others are not.
    """
    begins: Dict[int, str] = {}
    for name in names:
        try:
            rate, count, _ = probe(find_video(videos, name))
        except FileNotFoundError:
            continue
        # a little more than 15 minutes: cut; no whole film is that short
        begins.setdefault(0 if count / rate > END - START + 60 else START,
                          name)
    if not begins:
        raise FileNotFoundError(f'`videos` {videos} holds none of the '
                                f'{len(names)} annotated videos')
    if len(begins) > 1:
        raise ValueError(
            f'`videos` {videos}: {begins[0]} is a whole film, {begins[START]} '
            'is cut; MMAction2 needs all of one kind')
    return next(iter(begins))


def prepare(annotations: Path,
            proposals: Optional[Path],
            out: Path,
            videos: Optional[Path] = None,
            frames: Optional[Path] = None,
            drop_missing: bool = False,
            person_boxes: Optional[Path] = None,
            proposal_size: Union[int, Tuple[int, int], None] = None) -> dict:
    """Write all files of AVA v2.2 and what a data set must know of them.

    Args:
        annotations (Path): Published zip or a folder with its contents.
        proposals (Path, optional): Folder of MMAction2's person boxes; None:
            ``person_boxes`` alone.
        out (Path): Folder to write to.
        videos (Path, optional): Folder of the videos, whole films or all of
            them cut to minutes 15 to 30.
        frames (Path, optional): Folder of folders of frames, 30 a second.
        drop_missing (bool): Leave out the annotations of videos that are not
            there, which changes the figures.
        person_boxes (Path, optional): The published detector's json, which
            comes before ``proposals`` in testing. Every key frame on which it
            has a person is tested, as published.
        proposal_size (int or tuple[int, int], optional): Size of the frames of
            ``person_boxes``, in pixels; see ``mvd_mm.AVAClipDataset``.

    Returns:
        dict: What meta.json holds.

    Raises:
        FileNotFoundError: If a file is missing.
        ValueError: Unless one of ``videos`` and ``frames`` is given, and
            ``person_boxes``, ``proposals`` or both; if ``proposal_size`` is
            given without ``person_boxes``.
    """
    if proposals is None and person_boxes is None:
        raise ValueError('give `person_boxes`, the json of the published '
                         "detector, or `proposals`, the folder of MMAction2's "
                         'person boxes')
    if proposal_size is not None and person_boxes is None:
        raise ValueError('`proposal_size` is of `person_boxes`, which is not '
                         'given')
    if videos is not None and frames is None:
        media, kind = videos, 'videos'
    elif frames is not None and videos is None:
        media, kind = frames, 'frames'
    else:
        raise ValueError('give either `videos` or `frames`')
    if not media.is_dir():
        raise FileNotFoundError(f'`{kind}` {media} is not a folder')
    found = collect(annotations, proposals, person_boxes)
    out.mkdir(parents=True, exist_ok=True)
    for name, content in found.items():
        (out / name).write_bytes(content)
    annotated: Set[str] = set()
    dropped: Dict[str, int] = {}
    for split in ('train', 'val'):
        path = out / f'ava_{split}_v2.2.csv'
        names = {row.video for row in read_rows(path)}
        annotated |= names
        if drop_missing:
            gone = {name for name in names if not _is_there(media, name)}
            dropped[split] = len(gone)
            path.write_text(''.join(
                line for line in path.read_text().splitlines(True)
                if line.split(',')[0] not in gone))
    listed = read_label_list(out / LABELS)
    meta: Dict[str, Any] = dict(
        videos=str(media.resolve()),
        use_frames=frames is not None,
        classes=[listed[number] for number in sorted(listed)],
        num_classes=max(listed) + 1,
        fps=30,
        timestamp_unit='seconds',
        timestamp_start=START,
        timestamp_end=END,
        one_rate=False,
        label_file=LABELS,
        dropped_videos=dropped,
        files={
            split:
            dict(
                ann_file=f'ava_{split}_v2.2.csv',
                exclude_file=f'ava_{split}_excluded_timestamps_v2.2.csv',
                proposal_file=PROPOSALS.format(split))
            for split in ('train', 'val')
        })
    if proposals is None:  # training uses the annotated boxes
        del meta['files']['train']['proposal_file']
    if person_boxes is not None:
        meta['files']['val']['proposal_file'] = PERSON_BOXES
        meta['every_key_frame'] = True
    if proposal_size is not None:
        meta['proposal_size'] = proposal_size
    if videos is not None:
        meta['video_start'] = begin_of(videos, sorted(annotated))
    write_meta(out, meta)
    options = [
        # the metric is of 60 classes, the labels of 80
        option.replace(LABELS, SCORED)
        if '_evaluator.label_file' in option else option
        for option in split_options(out, meta)
    ]
    (out / 'cfg_options.txt').write_text('\n'.join(options) + '\n')
    return meta


def _is_there(media: Path, name: str) -> bool:
    try:
        return (media / name).is_dir() or find_video(media, name).is_file()
    except FileNotFoundError:
        return False


def unexpected_findings(folder: Path) -> List[Finding]:
    """Validate a prepared set, less what the official files have by design.

    Args:
        folder (Path): Of the set.

    Returns:
        list[Finding]: The faults.
    """
    return [
        fault for fault in validate(splits_of_set(folder))
        if fault.kind not in EXPECTED
    ]

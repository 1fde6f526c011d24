"""Bring the official files of AVA v2.2 into one checked folder.

    python tools/data/ava/prepare.py --annotations DIR_OR_ZIP \
        --proposals DIR --videos DIR --out data/ava/annotations

Nothing is downloaded. Videos may be whole films or cut to minutes 15 to 30, of
any frame rate; ``--frames`` takes MMAction2's extracted frames instead.
"""
import argparse
import json
import sys
from pathlib import Path
from typing import Optional

sys.path.append(str(Path(__file__).resolve().parents[1]))  # for `ava`

from mvd_mm.datasets.ava.convert import probe  # noqa: E402

# isort: off
from mvd_mm.datasets.ava.formats import (  # noqa: E402
    META, find_video, read_label_list, read_rows)
from mvd_mm.datasets.ava.official import (  # noqa: E402
    LABELS, PROPOSALS, SCORED, collect)
# isort: on
from mvd_mm.datasets.ava.options import split_options  # noqa: E402
from ava.validate import splits_of_set, validate  # noqa: E402

START, END = 900, 1800  # seconds of a film that AVA annotates
# of the official files: persons are given for every second of each film
EXPECTED = ('proposal-orphan', 'proposal-missing', 'proposal-unmatched',
            'excluded-unknown')


def begin_of(videos: Path, names) -> Optional[int]:
    """Second of the film at which the files begin: 0 or 900.

    Raises:
        FileNotFoundError: If there is none of the videos.
        ValueError: If some are cut and others are not.
    """
    begins = {}
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
            proposals: Path,
            out: Path,
            videos: Optional[Path] = None,
            frames: Optional[Path] = None,
            drop_missing: bool = False) -> dict:
    """Write all files of AVA v2.2 and what a dataset must know of them.

    Args:
        annotations (Path): Published zip or a folder with its contents.
        proposals (Path): Folder of the person boxes.
        out (Path): Folder to write to.
        videos (Path, optional): Folder of the videos.
        frames (Path, optional): Folder of folders of frames, 30 a second.
        drop_missing (bool): Leave out the annotations of videos that are not
            there, which changes the figures.

    Returns:
        dict: What meta.json holds.

    Raises:
        FileNotFoundError: If a file is missing.
        ValueError: Unless one of ``videos`` and ``frames`` is given.
    """
    if (videos is None) == (frames is None):
        raise ValueError('give either `videos` or `frames`')
    media = videos or frames
    if not media.is_dir():
        raise FileNotFoundError(f'`{"videos" if videos else "frames"}` '
                                f'{media} is no folder')
    found = collect(annotations, proposals)
    out.mkdir(parents=True, exist_ok=True)
    for name, content in found.items():
        (out / name).write_bytes(content)
    annotated = set()
    dropped = {}
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
    meta = dict(
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
    if videos is not None:
        meta['video_start'] = begin_of(videos, sorted(annotated))
    (out / META).write_text(json.dumps(meta, indent=2) + '\n')
    options = [
        # the figures are of 60 classes, the labels of 80
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


def main(args=None) -> None:
    parser = argparse.ArgumentParser(
        description='Prepare the official files of AVA v2.2.')
    parser.add_argument('--annotations', type=Path, required=True)
    parser.add_argument('--proposals', type=Path, required=True)
    parser.add_argument('--out', type=Path, required=True)
    parser.add_argument('--videos', type=Path)
    parser.add_argument('--frames', type=Path)
    parser.add_argument('--drop-missing', action='store_true')
    args = vars(parser.parse_args(args))
    try:
        meta = prepare(**args)
    except (FileNotFoundError, ValueError) as error:
        raise SystemExit(f'error: {error}')
    faults = [
        fault for fault in validate(splits_of_set(args['out']))
        if fault.kind not in EXPECTED
    ]
    for fault in faults[:20]:
        print(fault)
    print(f"{len(meta['classes'])} classes, dropped videos: "
          f"{meta['dropped_videos'] or 'none'}; {len(faults)} faults; wrote "
          f"{args['out']}")
    if faults:
        raise SystemExit(1)


if __name__ == '__main__':
    main()

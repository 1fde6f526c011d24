"""Find the persons at the key frames of own videos with MMDetection.

    python tools/data/ava/detect_persons.py --set data/mine/annotations \
        --detector-config FILE --detector-checkpoint FILE --split val

The boxes take the place of the annotated ones in the set's proposal file.
"""
import argparse
import json
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))  # for `ava`

import numpy as np  # noqa: E402

# isort: off
from mvd_mm.datasets.ava.convert import probe  # noqa: E402
from mvd_mm.datasets.ava.formats import (  # noqa: E402
    META, find_video, img_key, read_rows, write_proposals)
# isort: on
from mvd_mm.datasets.ava.options import files_of  # noqa: E402
from mvd_mm.datasets.ava.persons import PersonDetector, frame_at  # noqa: E402
from mvd_mm.utils.progress import Progress  # noqa: E402


def detect(folder: Path, split: str, detector) -> dict:
    """Find the persons of each key frame of a part.

    Args:
        folder (Path): With a meta.json.
        split (str): ``'train'`` or ``'val'``.
        detector (callable): Takes a BGR frame, returns boxes (N, 5).

    Returns:
        dict[str, np.ndarray]: Boxes by key frame; those without a person are
        left out.

    Raises:
        FileNotFoundError: If there is no meta.json or a video is missing.
        ValueError: If the set is of extracted frames, or a video too short.
    """
    if not (folder / META).is_file():
        raise FileNotFoundError(f'`set` {folder} holds no {META}')
    meta = json.loads((folder / META).read_text())
    if meta.get('use_frames'):
        raise ValueError(f'`set` {folder} is of extracted frames; prepare it '
                         'with videos')
    stamps = {}
    for row in read_rows(files_of(folder, meta, split)['ann_file']):
        stamps.setdefault(row.video, set()).add(row.timestamp)
    begin = meta.get('video_start')
    begin = meta['timestamp_start'] if begin is None else begin
    proposals = {}
    progress = Progress(len(stamps), 'videos')
    for video, times in stamps.items():
        path = find_video(Path(meta['videos']), video)
        seconds = meta['timestamp_unit'] == 'seconds'
        rate = probe(path)[0] if seconds else 1
        times = sorted(times)
        frames = frame_at(path, [round((t - begin) * rate) for t in times])
        for stamp, frame in zip(times, frames):
            boxes = np.asarray(detector(frame))
            if len(boxes):
                proposals[img_key(video, stamp)] = boxes
        progress.step()
    return proposals


def main(args=None) -> None:
    parser = argparse.ArgumentParser(
        description='Find persons at key frames with MMDetection.')
    parser.add_argument('--set', type=Path, required=True)
    parser.add_argument('--split', choices=['train', 'val'], default='val')
    parser.add_argument('--detector-config', type=Path, required=True)
    parser.add_argument('--detector-checkpoint', type=Path, required=True)
    parser.add_argument('--score-thr', type=float, default=0.05)
    parser.add_argument(
        '--category', type=int, default=0, help='of persons; 0 for COCO')
    parser.add_argument('--device', default='cpu')
    parser.add_argument(
        '--out', type=Path, help="default: the set's own proposal file")
    args = parser.parse_args(args)
    try:
        detector = PersonDetector(args.detector_config,
                                  args.detector_checkpoint, args.score_thr,
                                  args.category, args.device)
        found = detect(args.set, args.split, detector)
        meta = json.loads((args.set / META).read_text())
        out = args.out or files_of(args.set, meta, args.split)['proposal_file']
        write_proposals(out, found)
    except (FileNotFoundError, ImportError, ValueError) as error:
        raise SystemExit(f'error: {error}')
    print(f'{sum(map(len, found.values()))} boxes at {len(found)} key frames: '
          f'{out}')


if __name__ == '__main__':
    main()

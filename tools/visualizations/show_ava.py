"""Draw the annotations of a video: what the network is to learn.

    python tools/visualizations/show_ava.py --set DIR --split train \
        --video NAME --out NAME.mp4

``--set`` is a folder that tools/data/ava/build_annotations.py or prepare.py
wrote.
"""
import argparse
import json
import sys
from pathlib import Path
from typing import Dict, List

import numpy as np

sys.path.append(str(Path(__file__).resolve().parents[1] / 'data'))

from mvd_mm.visualization.action_boxes import Person  # noqa: E402
from mvd_mm.visualization.action_video import draw_video  # noqa: E402
from mvd_mm.datasets.ava.convert import probe  # noqa: E402
from mvd_mm.datasets.ava.formats import read_rows  # noqa: E402
from mvd_mm.datasets.ava.formats import META, find_video, read_label_list  # noqa: E402
from mvd_mm.datasets.ava.options import files_of  # noqa: E402


def annotated(folder: Path, meta: dict, split: str,
              video: str) -> Dict[int, List[Person]]:
    """Persons of a video by number of the frame.

    Raises:
        ValueError: If the part has no such video.
    """
    files = files_of(folder, meta, split)
    names = read_label_list(files['label_file'])
    rows = read_rows(files['ann_file'])
    persons = {}
    for row in rows:
        if row.video == video:
            frame = (row.timestamp - meta['timestamp_start']) * meta['fps']
            key = row.entity, row.box
            persons.setdefault(frame, {}).setdefault(key, []).append(
                names.get(row.label, f'label {row.label}?'))
    if not persons:
        raise ValueError(
            f'`video` {video!r} has no annotation in {files["ann_file"]}; it '
            f'has {sorted({row.video for row in rows})[:5]}, ...')
    return {
        frame: [
            Person(
                np.array(box), tuple((name, None) for name in actions), entity)
            for (entity, box), actions in found.items()
        ]
        for frame, found in persons.items()
    }


def main(args=None) -> None:
    parser = argparse.ArgumentParser(
        description='Draw the annotations of a video.')
    parser.add_argument('--set', type=Path, required=True)
    parser.add_argument('--split', choices=['train', 'val'], default='train')
    parser.add_argument('--video', required=True, help='name without ending')
    parser.add_argument('--out', type=Path, required=True)
    args = parser.parse_args(args)
    try:
        if not (args.set / META).is_file():
            raise FileNotFoundError(f'`set` {args.set} holds no {META}')
        meta = json.loads((args.set / META).read_text())
        keys = annotated(args.set, meta, args.split, args.video)
        path = find_video(Path(meta['videos']), args.video)
        rate, _, _ = probe(path)
        frames, shown = draw_video(path, keys, args.out, rate,
                                   max(1, round(rate / 2)), (args.video, ))
    except (FileNotFoundError, ValueError) as error:
        raise SystemExit(f'error: {error}')
    print(f'{frames} frames, {shown} of them with boxes, {len(keys)} key '
          f'frames: {args.out}')


if __name__ == '__main__':
    main()

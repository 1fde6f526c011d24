"""Draw what a detector sees: who does what in a video.

    python tools/visualizations/draw_actions.py CONFIG CHECKPOINT \
        --video FILE --out FILE.mp4 --proposals persons.pkl

Persons come from a proposal file (keys ``NAME,SECOND``, NAME the video's name)
or from a detector of MMDetection: ``--detector-config`` and
``--detector-checkpoint``. The config must read videos, not extracted frames.
"""
import argparse
import sys
from pathlib import Path
from typing import Callable, Dict, List

import numpy as np
from mmengine.config import Config, DictAction

sys.path.append(str(Path(__file__).resolve().parents[1] / 'data'))

from mvd_mm.visualization.action_boxes import Person  # noqa: E402
from mvd_mm.apis.action_detector import ActionDetector  # noqa: E402
from mvd_mm.visualization.action_video import draw_video, follow  # noqa: E402
from mvd_mm.datasets.ava.convert import probe  # noqa: E402
from mvd_mm.datasets.ava.formats import read_proposals  # noqa: E402
from mvd_mm.datasets.ava.formats import img_key, read_label_list  # noqa: E402
from mvd_mm.datasets.ava.persons import PersonDetector, frame_at  # noqa: E402


def detect_actions(video: Path, detector: ActionDetector,
                   find_persons: Callable, names: Dict[int, str],
                   action_thr: float, most: int) -> Dict[int, List[Person]]:
    """Persons with their actions, once a second.

    Args:
        video (Path): Video file.
        detector (callable): See ``ActionDetector``.
        find_persons (callable): Takes the second and its BGR frame, returns
            boxes (N, 5).
        names (dict[int, str]): Names of the classes.
        action_thr (float): Least score of an action that is shown.
        most (int): Most actions shown of a person.

    Returns:
        dict[int, list[Person]]: By number of the frame.
    """
    rate, count, _ = probe(video)
    if not detector.any_rate and abs(rate - detector.data.get('fps', 30)) > .3:
        raise ValueError(
            f'`video` {video} has {rate:g} frames a second, the config wants '
            f"{detector.data.get('fps', 30)}: re-encode it, or put "
            'mvd_mm.AVAVideoFrames into the pipeline')
    length = int(np.ceil(count / rate))
    # not the edges of the video, where half of a clip would stand still
    seconds = [s for s in range(1, length) if round(s * rate) < count] or [0]
    numbers = [round(second * rate) for second in seconds]
    keys = {}
    for second, number, frame in zip(seconds, numbers,
                                     frame_at(video, numbers)):
        persons = np.asarray(find_persons(second, frame)).reshape(-1, 5)
        if not len(persons):
            keys[number] = []
            continue
        scores = detector(video, second, persons, length)
        found = []
        for person, row in zip(persons, scores):
            best = [
                c for c in np.argsort(-row, kind='stable')
                if c in names and row[c] >= action_thr
            ][:most]
            actions = tuple((names[c], float(row[c])) for c in best)
            found.append(Person(person[:4], actions, 0))
        keys[number] = found
    return follow(keys)


def parse_args(args) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('config', type=Path)
    parser.add_argument('checkpoint')
    parser.add_argument('--video', type=Path, required=True)
    parser.add_argument('--out', type=Path, required=True)
    parser.add_argument('--proposals', type=Path)
    parser.add_argument('--detector-config', type=Path)
    parser.add_argument('--detector-checkpoint', type=Path)
    parser.add_argument(
        '--label-file', type=Path, help="default: the config's")
    parser.add_argument('--person-thr', type=float, default=0.5)
    parser.add_argument('--action-thr', type=float, default=0.3)
    parser.add_argument('--most', type=int, default=4, help='actions a person')
    parser.add_argument('--device', default='cpu')
    parser.add_argument('--cfg-options', nargs='+', action=DictAction)
    return parser.parse_args(args)


def person_source(args: argparse.Namespace) -> Callable:
    """Where persons come from, as a function of second and frame.

    Raises:
        ValueError: Unless exactly one source is given, or if a proposal file
            does not know the video.
    """
    if (args.proposals is None) == (args.detector_config is None):
        raise ValueError('give either `proposals` or `detector_config` with '
                         '`detector_checkpoint`')
    if args.proposals is None:
        if args.detector_checkpoint is None:
            raise ValueError('`detector_config` needs `detector_checkpoint`')
        detector = PersonDetector(
            args.detector_config,
            args.detector_checkpoint,
            score_thr=args.person_thr,
            device=args.device)
        return lambda second, frame: detector(frame)
    known = read_proposals(args.proposals)
    name = args.video.stem
    if not any(str(key).rpartition(',')[0] == name for key in known):
        raise ValueError(
            f'`proposals` {args.proposals} has no key "{name},SECOND"; it has '
            f'{list(known)[:3]}, ...')

    def look_up(second, frame):
        boxes = known.get(img_key(name, second), np.zeros((0, 5)))
        if boxes.shape[1] == 4:
            boxes = np.pad(boxes, ((0, 0), (0, 1)), constant_values=1.)
        return boxes[boxes[:, 4] >= args.person_thr]

    return look_up


def main(args=None) -> None:
    args = parse_args(args)
    try:
        for name in ('config', 'video'):
            path = getattr(args, name)
            if not path.is_file():
                raise FileNotFoundError(f'`{name}`: there is no file {path}')
        persons = person_source(args)
        cfg = Config.fromfile(args.config)
        cfg.merge_from_dict(args.cfg_options or {})
        detector = ActionDetector(cfg, args.checkpoint, args.device)
        names = read_label_list(
            Path(args.label_file or detector.data.label_file))
        keys = detect_actions(args.video, detector, persons, names,
                              args.action_thr, args.most)
        rate, _, _ = probe(args.video)
        frames, shown = draw_video(args.video, keys, args.out, rate,
                                   max(1, round(rate / 2)),
                                   (args.video.stem, ))
    except (FileNotFoundError, ImportError, ValueError) as error:
        raise SystemExit(f'error: {error}')
    print(f'{frames} frames, {shown} of them with persons, {len(keys)} key '
          f'frames: {args.out}')


if __name__ == '__main__':
    main()

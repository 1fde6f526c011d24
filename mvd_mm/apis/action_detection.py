"""Who does what in a video: persons, their actions, and a drawing of both."""
from pathlib import Path
from typing import Callable, Dict, Optional, Tuple

import numpy as np

from mvd_mm.datasets.ava.formats import (img_key, read_label_list,
                                         read_proposals)
from mvd_mm.datasets.ava.persons import PersonDetector
from mvd_mm.datasets.video_files import frames_at, probe
from mvd_mm.visualization.action_boxes import Person
from mvd_mm.visualization.action_video import Keys, draw_video, follow
from .action_detector import ActionDetector
from .config_variables import merged_config

__all__ = ['detect_actions', 'draw_actions', 'person_source']

PersonSource = Callable[[int, np.ndarray], np.ndarray]


def detect_actions(video: Path, detector: ActionDetector,
                   find_persons: PersonSource, names: Dict[int, str],
                   action_thr: float, most: int) -> Keys:
    """Find persons and their actions, once a second.

    Args:
        video (Path): Video file.
        detector (ActionDetector): Scores the actions.
        find_persons (callable): Takes the second and its frame, BGR, (H, W, 3)
            uint8; returns x1, y1, x2, y2 as shares of the frame and score,
            shape (N, 5).
        names (dict[int, str]): Names of the classes by number.
        action_thr (float): Least score of an action to keep.
        most (int): Number of actions to keep of a person, the best first.

    Returns:
        dict[int, list[Person]]: By number of the key frame, from 0.

    Raises:
        ValueError: If the video cannot be read, or has another frame rate
            than the config needs.
    """
    rate, count, _ = probe(video)
    if not detector.any_rate and abs(rate - detector.data.get('fps', 30)) > .3:
        raise ValueError(
            f'`video` {video} has {rate:g} frames a second, the config wants '
            f"{detector.data.get('fps', 30)}: re-encode it, or put "
            'mvd_mm.AVAVideoFrames into the pipeline')
    length = int(np.ceil(count / rate))
    # not at the ends of the video, where half a clip would repeat one frame
    seconds = [s for s in range(1, length) if round(s * rate) < count] or [0]
    numbers = [round(second * rate) for second in seconds]
    keys: Keys = {}
    for second, number, frame in zip(seconds, numbers,
                                     frames_at(video, numbers)):
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


def person_source(video: Path,
                  proposals: Optional[Path] = None,
                  detector_config: Optional[Path] = None,
                  detector_checkpoint: Optional[Path] = None,
                  person_thr: float = 0.5,
                  device: str = 'cpu') -> PersonSource:
    """Where persons come from, as a function of second and frame.

    Args:
        video (Path): Video file.
        proposals (Path, optional): Persons by ``NAME,SECOND``, where NAME is
            the video's name without the ending; a pickle, or a json of the
            published detector's form.
        detector_config (Path, optional): Of a detector of MMDetection.
        detector_checkpoint (Path, optional): Its weights.
        person_thr (float): Least score of a person.
        device (str): Of the detector, e.g. ``'cpu'`` or ``'cuda:0'``.

    Returns:
        callable: See ``find_persons`` of :func:`detect_actions`.

    Raises:
        FileNotFoundError: If a file does not exist.
        ValueError: Unless exactly one source is given, or if the proposal
            file does not name the video.
    """
    if detector_config is not None and proposals is None:
        if detector_checkpoint is None:
            raise ValueError('`detector_config` needs `detector_checkpoint`')
        detector = PersonDetector(
            detector_config,
            detector_checkpoint,
            score_thr=person_thr,
            device=device)
        return lambda second, frame: detector(frame)
    if proposals is None or detector_config is not None:
        raise ValueError('give either `proposals` or `detector_config` with '
                         '`detector_checkpoint`')
    name = video.stem
    known = read_proposals(proposals, lambda _: probe(video)[2], [name])
    if not any(str(key).rpartition(',')[0] == name for key in known):
        raise ValueError(
            f'`proposals` {proposals} has no key "{name},SECOND"'
            f'{f"; it has {list(known)[:3]}, ..." if known else ""}')

    def look_up(second: int, frame: np.ndarray) -> np.ndarray:
        boxes = known.get(img_key(name, second), np.zeros((0, 5)))
        if boxes.shape[1] == 4:
            boxes = np.pad(boxes, ((0, 0), (0, 1)), constant_values=1.)
        return boxes[boxes[:, 4] >= person_thr]

    return look_up


def draw_actions(config: Path,
                 checkpoint: str,
                 video: Path,
                 out: Path,
                 proposals: Optional[Path] = None,
                 detector_config: Optional[Path] = None,
                 detector_checkpoint: Optional[Path] = None,
                 label_file: Optional[Path] = None,
                 person_thr: float = 0.5,
                 action_thr: float = 0.3,
                 most: int = 4,
                 device: str = 'cpu',
                 cfg_options: Optional[dict] = None) -> Tuple[int, int, int]:
    """Find persons and actions in a video, and draw them on its frames.

    Args:
        config (Path): Of the action detector; must read videos.
        checkpoint (str): Its weights.
        video (Path): Video file.
        out (Path): File to write, ending in .mp4.
        proposals (Path, optional): See :func:`person_source`.
        detector_config (Path, optional): See :func:`person_source`.
        detector_checkpoint (Path, optional): See :func:`person_source`.
        label_file (Path, optional): Names of the classes; None: the config's.
        person_thr (float): Least score of a person.
        action_thr (float): Least score of an action that is shown.
        most (int): Number of actions shown of a person.
        device (str): E.g. ``'cpu'`` or ``'cuda:0'``.
        cfg_options (dict, optional): What to change in the config; variables
            as in training.

    Returns:
        tuple[int, int, int]: Number of frames, of frames with persons, and of
        key frames.

    Raises:
        FileNotFoundError: If a file does not exist.
        ImportError: If a package that the detectors need is missing.
        ValueError: If the weights or the video do not fit the config, or
            unless persons have exactly one source.
    """
    for name, path in dict(config=config, video=video).items():
        if not path.is_file():
            raise FileNotFoundError(f'`{name}`: there is no file {path}')
    find_persons = person_source(video, proposals, detector_config,
                                 detector_checkpoint, person_thr, device)
    cfg = merged_config(config, cfg_options)
    detector = ActionDetector(cfg, checkpoint, device)
    names = read_label_list(Path(label_file or detector.data.label_file))
    keys = detect_actions(video, detector, find_persons, names, action_thr,
                          most)
    return (*draw_video(video, keys, out), len(keys))

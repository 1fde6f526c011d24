"""Parameters of a video set, and the two settings that supply defaults."""
from dataclasses import dataclass
from typing import Optional, Tuple

from mvd_mm.datasets.video_shrinking import UNREADABLE_WIDTHS
from .classes import CLASSES

VERSION = 4  # raise it whenever the frames of some clip change
FPS = 10


@dataclass(frozen=True)
class Setting:
    """What makes scenes easy or hard.

    Args:
        size (tuple[int, int]): Default width and height in pixels.
        num_frames (int): Default number of frames of a clip.
        num_train (int): Default number of training clips.
        num_val (int): Default number of held-out clips.
        distractors (tuple[int, int]): Fewest and most further objects, each
            with a small motion of its own that is unrelated to the class.
        waves (int): Number of plane waves that texture the background.
        drift (float): Fastest motion of the background within a clip.
        shake (float): Amplitude of the camera's shake.
        pan (float): Farthest the camera pans within a clip.
        noise (float): Standard deviation of the noise of each pixel.
        varied (bool): Whether objects differ in outline and have stripes.
    """

    size: Tuple[int, int] = (96, 96)
    num_frames: int = 20
    num_train: int = 1920
    num_val: int = 640
    distractors: Tuple[int, int] = (0, 0)
    waves: int = 0
    drift: float = 0.
    shake: float = 0.
    pan: float = 0.
    noise: float = 0.
    varied: bool = False


SETTINGS = dict(
    easy=Setting(),
    hard=Setting(
        size=(96, 96),
        num_frames=24,
        num_train=4800,
        num_val=960,
        distractors=(1, 2),
        waves=3,
        drift=0.2,
        shake=0.01,
        pan=0.08,
        noise=0.015,
        varied=True))


def describe(setting: str = 'easy',
             size: Optional[Tuple[int, int]] = None,
             num_frames: Optional[int] = None,
             num_train: Optional[int] = None,
             num_val: Optional[int] = None,
             seed: int = 0) -> dict:
    """Check the parameters and fill in the setting's defaults.

    Args:
        setting (str): ``'easy'`` or ``'hard'``.
        size (tuple[int, int], optional): Width and height in pixels.
        num_frames (int, optional): Number of frames of each clip.
        num_train (int, optional): Number of training clips.
        num_val (int, optional): Number of held-out clips.
        seed (int): Seed of the video set.

    Returns:
        dict: What meta.json holds.

    Raises:
        ValueError: If a parameter is out of its range.
    """
    if setting not in SETTINGS:
        raise ValueError(f'`setting` must be one of {sorted(SETTINGS)}, '
                         f'got {setting!r}')
    default = SETTINGS[setting]
    width, height = default.size if size is None else size
    if width % 2 or height % 2 or min(width, height) < 32:
        raise ValueError('`size` must have even sides of at least 32 pixels, '
                         f'which the encoder needs; got {width}x{height}')
    if width in UNREADABLE_WIDTHS:
        raise ValueError(
            f'`size` {width}x{height}: decord cannot read videos of width '
            f'{width}; take {width + 16} and resize in the pipeline')
    counts = dict(
        num_frames=default.num_frames if num_frames is None else num_frames,
        num_train=default.num_train if num_train is None else num_train,
        num_val=default.num_val if num_val is None else num_val)
    for name, least in dict(num_frames=2, num_train=1, num_val=1).items():
        if counts[name] < least:
            raise ValueError(
                f'`{name}` must be at least {least}, got {counts[name]}')
    if seed < 0:
        raise ValueError(f'`seed` must not be negative, got {seed}')
    return dict(
        generator='motion_shapes',
        version=VERSION,
        setting=setting,
        size=[width, height],
        fps=FPS,
        seed=seed,
        classes=list(CLASSES),
        chance=round(1 / len(CLASSES), 4),
        **counts)

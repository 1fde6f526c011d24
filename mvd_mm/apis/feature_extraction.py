"""Features of many videos into a file, resumable."""
import hashlib
import json
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

import numpy as np
import torch
from mmengine.registry import init_default_scope
from torch.utils.data import Subset

from mvd_mm.datasets.video_sources import VideoSource, read_source
from mvd_mm.datasets.video_windows import Clip, WindowDataset, read_clips
from mvd_mm.utils.devices import chosen_device
from mvd_mm.utils.progress import Progress
from .clips import normalise
from .feature_files import check_feature_file
from .feature_networks import FeatureNetwork, load_feature_network
from .feature_parts import FeatureParts

__all__ = ['Extracted', 'extract_features']


class Extracted(NamedTuple):
    """What an extraction did.

    Args:
        rows (int): Clips in the file; 0 as long as it is not complete.
        broken (dict[str, str]): Reason by the name of each broken video.
        missing (int): Parts that other processes have to compute.
    """

    rows: int
    broken: Dict[str, str]
    missing: int = 0


def _digest(path: str) -> str:
    """Of a file of weights or a config; '' for none."""
    if not path or not Path(path).is_file():
        return ''
    digest = hashlib.sha256()
    with open(path, 'rb') as file:
        for block in iter(lambda: file.read(1 << 20), b''):
            digest.update(block)
    return digest.hexdigest()


def _shard_of(text: Optional[str]) -> Tuple[int, int]:
    """``K/N``, K from 1."""
    if text is None:
        return 0, 1
    first, _, last = text.partition('/')
    if not (first.isdecimal() and last.isdecimal()
            and 1 <= int(first) <= int(last)):
        raise ValueError('`shard` must be K/N with K from 1 to N, e.g. 1/4, '
                         f'got {text!r}')
    return int(first) - 1, int(last)


def _pipeline(frames: int, interval: int, side: int) -> List[dict]:
    """The middle clip of a window, as validation reads it."""
    return [
        dict(type='DecordInit'),
        dict(
            type='mvd_mm.StridedSampleFrames',
            clip_len=frames,
            frame_interval=interval,
            num_clips=1,
            test_mode=True),
        dict(type='DecordDecode'),
        dict(type='mvd_mm.FlooredResize', short_side=side),
        dict(type='mvd_mm.ThreeCropViews', crop_size=side, num_crops=1),
        dict(type='FormatShape', input_format='NCTHW')
    ]


def extract_features(network: str,
                     videos: Path,
                     out: Path,
                     checkpoint: Optional[str] = None,
                     prefix: Optional[str] = None,
                     teacher: Optional[str] = None,
                     layer: Optional[int] = None,
                     pool: str = 'clip',
                     window: Optional[float] = None,
                     stride: Optional[float] = None,
                     frame_interval: int = 4,
                     num_frames: Optional[int] = None,
                     img_size: Optional[int] = None,
                     dtype: str = 'float32',
                     batch_size: int = 8,
                     workers: int = 0,
                     shard: Optional[str] = None,
                     device: Optional[str] = None,
                     overwrite: bool = False,
                     cfg_options: Optional[dict] = None) -> Extracted:
    """Extract features of videos into an ``.npz`` or ``.parquet`` file.

    The file holds ``features`` (N, ...), one row for each clip in the order
    of the list; ``names`` (N, ), the video of each row; ``begin`` and ``end``
    (N, ) of its window in seconds; ``labels`` (N, ) where the list has them,
    else -1; ``broken`` (M, 2), names and reasons; ``meta``, a JSON text. A
    table has a row for each clip, with its features in one flat list, and
    their ``shape``, ``broken`` and ``meta`` in its metadata;
    :func:`.read_features` reads both.

    Batches are stored in ``<out>.parts``: after an interruption the same call
    goes on, and the file is the same, byte for byte. Videos that cannot be
    read are left out and named.

    Args:
        network (str): File of weights or config; see
            :func:`.load_feature_network`.
        videos (Path): A video, a folder or a list.
        out (Path): File to write, ending in .npz, or in .parquet (needs
            pyarrow).
        checkpoint (str, optional): Weights for a config.
        prefix (str, optional): Folder that the paths of a list start from.
        teacher (str, optional): Name of a teacher of an MVD config.
        layer (int, optional): See :class:`.FeatureNetwork`.
        pool (str): 'clip', 'slices' or 'none'.
        window (float, optional): Seconds of a sliding window; None: the
            middle clip of each video.
        stride (float, optional): Seconds from window to window; half a window
            by default.
        frame_interval (int): Every how-manieth frame of a window is taken.
        num_frames (int, optional): Frames of a clip; those of the network.
        img_size (int, optional): Side of a clip in pixels; the network's.
        dtype (str): Of the file: 'float32' or 'float16'.
        batch_size (int): Clips at a time, which are one part.
        workers (int): Processes that read; 0: this one.
        shard (str, optional): ``'K/N'``: compute every N-th part only, for N
            processes or machines that share a file system. A call without it
            puts the file together.
        device (str, optional): E.g. ``'cpu'`` or ``'cuda:0'``.
        overwrite (bool): Replace ``out``.
        cfg_options (dict, optional): What to change in a config; variables
            as in training.

    Raises:
        FileNotFoundError: If a file does not exist.
        ImportError: If ``out`` is a table, and pyarrow is missing.
        KeyError: If the config has no such teacher.
        TypeError: If the network is of another class.
        ValueError: If an argument is out of range, ``out`` is there already,
            or its parts are those of another call.
    """
    check_feature_file(out)
    if out.exists() and not overwrite:
        raise ValueError(f'`out` {out} exists; `--overwrite` replaces it')
    if dtype not in ('float32', 'float16'):
        raise ValueError("`dtype` must be 'float32' or 'float16', got "
                         f'{dtype!r}')
    if batch_size < 1:
        raise ValueError(f'`batch_size` must be at least 1, got {batch_size}')
    if stride is not None and window is None:
        raise ValueError('`stride` needs `window`')
    mine, shards = _shard_of(shard)
    init_default_scope('mmaction')  # of the transforms
    source = read_source(videos, prefix)
    device = chosen_device(device)
    model = load_feature_network(
        network,
        checkpoint,
        teacher,
        layer,
        pool,
        device,
        cfg_options,
        num_frames=num_frames,
        img_size=img_size)
    frames, side = model.clip_size
    dataset = WindowDataset(
        source.paths, _pipeline(num_frames or frames, frame_interval, side))
    lost: List[Clip] = []
    if window is not None:
        lost = dataset.slide(window, window / 2 if stride is None else stride,
                             workers)
    plan = dict(
        network=network,
        weights=[_digest(network), _digest(checkpoint or '')],
        cfg_options=cfg_options,
        teacher=teacher,
        layer=layer,
        pool=pool,
        frames=num_frames or frames,
        frame_interval=frame_interval,
        side=side,
        window=window,
        stride=stride,
        dtype=dtype,
        batch_size=batch_size,
        prefix=source.prefix,
        videos=hashlib.sha256('\n'.join(source.paths).encode()).hexdigest(),
        # a video that was repaired since gives other windows
        windows=hashlib.sha256(repr(list(
            dataset.windows)).encode()).hexdigest())
    parts = FeatureParts(out, plan, -(-len(dataset) // batch_size))
    todo = [i for i in parts.missing() if i % shards == mine]
    if len(todo) < parts.number and parts.number - len(parts.missing()):
        print(f'{parts.number - len(parts.missing())} of {parts.number} parts '
              f'are in {parts.folder} already')
    _compute(model, dataset, parts, todo, batch_size, workers, dtype, device)
    missing = len(parts.missing())
    if shard is not None or missing:
        return Extracted(0, {}, missing)
    return _finish(parts, source, lost, plan)


def _compute(model: FeatureNetwork, dataset: WindowDataset,
             parts: FeatureParts, todo: List[int], batch_size: int,
             workers: int, dtype: str, device: str) -> None:
    """Compute parts; each is a batch of its own, whatever else is done."""
    indices = [
        i for part in todo
        for i in range(part *
                       batch_size, min((part + 1) * batch_size, len(dataset)))
    ]
    progress = Progress(len(indices), 'clips')
    # only the last part may be short, and it comes last
    for part, clips in zip(
            todo, read_clips(Subset(dataset, indices), batch_size, workers)):
        whole = [clip for clip in clips if not clip.error]
        features = np.zeros((0, ), dtype=dtype)
        if whole:
            pixels = torch.from_numpy(
                np.concatenate([clip.results['imgs'] for clip in whole]))
            features = model(normalise(pixels.to(device))).cpu().numpy()
        parts.write(
            part,
            features=features.astype(dtype),
            video=np.array([clip.video for clip in whole], dtype=np.int64),
            times=np.array([(clip.begin, clip.end) for clip in whole],
                           dtype=np.float64).reshape(-1, 2),
            broken=np.array([(str(clip.video), clip.error)
                             for clip in clips if clip.error],
                            dtype=np.str_).reshape(-1, 2))
        for _ in clips:
            progress.step()


def _finish(parts: FeatureParts, source: VideoSource, lost: List[Clip],
            plan: Dict[str, Any]) -> Extracted:
    small = parts.gather(['video', 'times', 'broken'])
    reasons = {clip.video: clip.error for clip in lost}
    reasons.update({int(i): str(why) for i, why in small['broken']})
    broken = {source.names[i]: reasons[i] for i in sorted(reasons)}
    video = small['video']
    labels = np.array(source.labels or [-1] * len(source.names))
    rows = parts.put_together(
        dict(
            names=np.array(source.names)[video],
            begin=small['times'][:, 0],
            end=small['times'][:, 1],
            labels=labels[video],
            broken=np.array(list(broken.items()),
                            dtype=np.str_).reshape(-1, 2),
            meta=np.array(json.dumps(plan, sort_keys=True))))
    parts.remove()
    return Extracted(rows, broken)

"""What ``tools/predict.py`` does."""
from pathlib import Path
from typing import Optional, Tuple

from mmengine.config import Config

from mvd_mm.datasets.video_sources import read_source
from .action_inferencer import ActionInferencer
from .config_variables import merged_config
from .predictions import best_classes, check_table_name

__all__ = ['predict']

_PRINTED = 20  # videos on the screen


def predict(config: Path,
            checkpoint: str,
            source: Path,
            prefix: Optional[str] = None,
            classes: Optional[Path] = None,
            out: Optional[Path] = None,
            draw: Optional[Path] = None,
            timeline: Optional[Path] = None,
            top_k: int = 5,
            window: Optional[float] = None,
            stride: Optional[float] = None,
            views: Optional[str] = None,
            batch_size: int = 1,
            workers: int = 0,
            device: Optional[str] = None,
            cfg_options: Optional[dict] = None) -> Tuple[int, int]:
    """Predict the classes of videos, print and write them.

    Args:
        config (Path): Of fine-tuning or of a probe.
        checkpoint (str): Its weights.
        source (Path): A video, a folder or a list.
        prefix (str, optional): Folder that the paths of a list start from.
        classes (Path, optional): Names of the classes, one a line.
        out (Path, optional): Table to write, .csv or .json.
        draw (Path, optional): Folder for videos with the classes drawn.
        timeline (Path, optional): Folder for pictures over time.
        top_k (int): Classes shown.
        window (float, optional): Seconds of a sliding window.
        stride (float, optional): Seconds from one window to the next.
        views (str, optional): 'test' or 'val'.
        batch_size (int): Clips at a time.
        workers (int): Processes that read.
        device (str, optional): E.g. ``'cpu'`` or ``'cuda:0'``.
        cfg_options (dict, optional): What to change in the config; variables
            as in training.

    Returns:
        tuple[int, int]: Number of videos that were read, and of broken ones.

    Raises:
        FileNotFoundError: If a file does not exist.
        TypeError: If the config is not one of recognition.
        ValueError: If the weights do not fit, or an option is out of range.
    """
    if '://' not in checkpoint and not Path(checkpoint).is_file():
        raise FileNotFoundError(f'`checkpoint`: there is no file {checkpoint}')
    if out is not None:
        check_table_name(out)
    videos = read_source(source, prefix)
    cfg = merged_config(config, cfg_options)
    inferencer = ActionInferencer(
        Config(cfg._cfg_dict), checkpoint, device, classes, views
        or ('test' if window is None else 'val'))
    results = inferencer(
        videos.paths,
        batch_size,
        top_k,
        window,
        stride,
        workers,
        names=videos.names,
        vid_out_dir=str(draw or ''),
        timeline_dir=str(timeline or ''),
        pred_out_file=str(out or ''))
    whole = [p for p in results['predictions'] if not p.error]
    for prediction in whole[:_PRINTED]:
        best = best_classes(prediction.scores, results['classes'], top_k)
        print(f'{prediction.video}: ' + ', '.join(f'{name} {100 * share:.1f} %'
                                                  for _, name, share in best))
    if len(whole) > _PRINTED:
        print(f'... and {len(whole) - _PRINTED} more; `--out` writes all')
    if videos.labels and not any(label < 0 for label in videos.labels):
        _print_accuracy(results['predictions'], videos.labels)
    for name, reason in results['broken'].items():
        print(f'broken: {name}: {reason}')
    print(f'{len(whole)} videos read, {len(results["broken"])} broken' +
          (f'; table: {out}' if out else ''))
    for folder in filter(None, (draw, timeline)):
        print(f'drawn into {folder}')
    return len(whole), len(results['broken'])


def _print_accuracy(predictions, labels) -> None:
    right = [
        int(p.scores.argmax()) == label
        for p, label in zip(predictions, labels) if not p.error
    ]
    if right:
        print(f'{sum(right)} of {len(right)} have the class of the list '
              f'({100 * sum(right) / len(right):.1f} %)')

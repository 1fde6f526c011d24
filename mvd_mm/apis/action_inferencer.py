"""Classes of videos: whole, or in sliding windows."""
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional, Sequence, Set, Union

import numpy as np
import torch
from mmaction.apis.inferencers import ActionRecogInferencer
from mmengine.config import Config
from mmengine.dataset import pseudo_collate

from mvd_mm.datasets.video_windows import Clip, WindowDataset, read_clips
from mvd_mm.utils.devices import chosen_device
from mvd_mm.utils.progress import Progress
from mvd_mm.visualization.class_video import draw_classes
from mvd_mm.visualization.timeline import save_timeline
from .config_variables import merged_config
from .predictions import (Prediction, WindowScores, best_classes,
                          check_table_name, write_predictions)
from .recognizer import Names, find_class_names, load_recognizer

__all__ = ['ActionInferencer']

Input = Union[str, Path, np.ndarray]


class ActionInferencer(ActionRecogInferencer):
    """MMAction2's inferencer with names, strict weights and sliding windows.

    It differs from ``mmaction.apis.ActionRecogInferencer`` in this: every
    weight is loaded, or there is an error; the views are those of the
    config's test, so that scores are those of ``tools/test.py``; files and
    arrays may be mixed; videos that cannot be read are named in the result;
    long videos are looked at window by window.

    Args:
        model (str, Path or Config): Config of fine-tuning or of a probe.
        weights (str): Its checkpoint.
        device (str, optional): E.g. ``'cpu'`` or ``'cuda:0'``; a GPU if there
            is one by default.
        classes (str, Path or Sequence[str], optional): Names of the classes,
            or a file with one a line; see :func:`.find_class_names`.
        views (str): 'test' or 'val': whose pipeline reads a clip. The one of
            validation has a single view, which is enough for short windows.
        cfg_options (dict, optional): What to change in the config.

    Raises:
        FileNotFoundError: If a file does not exist.
        TypeError: If the config is not one of recognition.
        ValueError: If weights, names or pipeline do not fit.
    """

    def __init__(self,
                 model: Union[str, Path, Config],
                 weights: str,
                 device: Optional[str] = None,
                 classes: Optional[Names] = None,
                 views: str = 'test',
                 cfg_options: Optional[dict] = None) -> None:
        if views not in ('test', 'val'):
            raise ValueError(f"`views` must be 'test' or 'val', got {views!r}")
        if isinstance(model, Config):
            model.merge_from_dict(cfg_options or {})
        else:
            model = merged_config(model, cfg_options)
        self.views = views
        self.show_progress = True
        super().__init__(model, str(weights), chosen_device(device))
        head = self.model.cls_head
        # several labels are independent; else scores are probabilities
        self.independent = bool(getattr(head, 'multi_class', False))
        head.average_clips = 'score' if self.independent else 'prob'
        self.classes = find_class_names(self.cfg, str(weights),
                                        head.num_classes, classes)

    def _init_model(self, cfg: Config, weights: str, device: str) -> Any:
        return load_recognizer(cfg, weights, device)

    def _init_collate(self, cfg: Config) -> Any:
        return pseudo_collate

    def _init_visualizer(self, cfg: Config) -> None:
        """Pictures are drawn by :mod:`mvd_mm.visualization`."""

    def _init_pipeline(self, cfg: Config) -> List[dict]:
        """The transforms of the views."""
        loader = cfg.get(f'{self.views}_dataloader')
        if loader is None:
            raise ValueError(f'the config has no `{self.views}_dataloader`, '
                             'whose pipeline would read the videos; `views` '
                             'names the other one')
        pipeline = loader.dataset.pipeline
        WindowDataset([], pipeline)  # refuses extracted frames at once
        return pipeline

    def __call__(  # type: ignore[override]
            self,
            inputs: Union[Input, Sequence[Input]],
            batch_size: int = 1,
            top_k: int = 5,
            window: Optional[float] = None,
            stride: Optional[float] = None,
            workers: int = 0,
            fps: float = 25.,
            names: Optional[Sequence[str]] = None,
            vid_out_dir: str = '',
            timeline_dir: str = '',
            pred_out_file: str = '') -> Dict[str, Any]:
        """Predict.

        Args:
            inputs (str, np.ndarray or a sequence of them): Video files, or
                RGB frames, uint8 of shape (T, H, W, 3).
            batch_size (int): Clips, with all their views, at a time.
            top_k (int): Classes shown in tables and pictures.
            window (float, optional): Seconds of a sliding window; None: each
                video as a whole.
            stride (float, optional): Seconds from one window to the next;
                half a window by default.
            workers (int): Processes that read; 0: this one.
            fps (float): Frames a second of arrays.
            names (Sequence[str], optional): What the videos are called.
            vid_out_dir (str): Folder for videos with the classes drawn.
            timeline_dir (str): Folder for a picture of each video's windows.
            pred_out_file (str): Table, .csv or .json.

        Returns:
            dict: ``predictions`` (list[Prediction], one of each input, in
            order), ``classes`` (their names), ``broken`` (dict, reason by the
            name of the video) and ``visualization`` (files written).

        Raises:
            ValueError: If an argument is out of range, or a picture would
                replace the video itself.
        """
        videos = [
            v if isinstance(v, np.ndarray) else str(v)
            for v in self._inputs_to_list(inputs)
        ]
        if names is None:
            names = [
                v if isinstance(v, str) else f'array_{i}'
                for i, v in enumerate(videos)
            ]
        best_classes(np.zeros(1), ['-'], top_k)  # refuses a wrong number
        if timeline_dir and window is None:
            raise ValueError('`timeline_dir` needs `window`: a picture over '
                             'time is one of sliding windows')
        if pred_out_file:
            check_table_name(Path(pred_out_file))
        for video in videos if vid_out_dir else ():
            if isinstance(video, str) and Path(vid_out_dir).resolve() == Path(
                    video).resolve().parent:
                raise ValueError(
                    f'`vid_out_dir` {vid_out_dir} is the folder of {video}: '
                    'name another one, so that no video is replaced')
        clips = self.preprocess(videos, batch_size, window, stride, workers,
                                fps)
        predictions = self._gather(clips, names)
        if pred_out_file:
            write_predictions(predictions, self.classes, Path(pred_out_file),
                              top_k)
        drawn = self.visualize(videos, predictions, top_k, fps, vid_out_dir,
                               timeline_dir)
        return self.postprocess(predictions, drawn)

    def preprocess(  # type: ignore[override]
            self,
            inputs: Sequence[Union[str, np.ndarray]],
            batch_size: int = 1,
            window: Optional[float] = None,
            stride: Optional[float] = None,
            workers: int = 0,
            fps: float = 25.) -> Iterator[List[Clip]]:
        """Read the clips, some at a time, in order.

        Args:
            inputs (Sequence[str or np.ndarray]): Files, or frames of shape (T,
                H, W, 3), RGB, uint8.
            batch_size (int): Clips at a time.
            window (float, optional): Length of a sliding window, in seconds.
            stride (float, optional): From window to window, in seconds; None:
                half a window.
            workers (int): Processes that read.
            fps (float): Of frames that are given, per second.

        Raises:
            ValueError: If there is a stride without a window.
        """
        dataset = WindowDataset(inputs, self.pipeline, fps=fps)
        if window is not None:
            broken = dataset.slide(window,
                                   window / 2 if stride is None else stride,
                                   workers)
            if broken:
                yield broken
        elif stride is not None:
            raise ValueError('`stride` needs `window`')
        progress = Progress(len(dataset), 'clips')
        progress.period = progress.period if self.show_progress else 1e9
        for clips in read_clips(dataset, batch_size, workers):
            yield clips
            for _ in clips:
                progress.step()

    @torch.no_grad()
    def forward(  # type: ignore[override]
            self, clips: Sequence[Clip]) -> np.ndarray:
        """Probabilities of clips that could be read.

        Args:
            clips (Sequence[Clip]): N of them.

        Returns:
            np.ndarray: float32, shape (N, K).
        """
        samples = self.model.test_step(
            self.collate_fn([clip.results for clip in clips]))
        scores = torch.stack([sample.pred_score for sample in samples])
        if self.independent:
            scores = scores.sigmoid()
        return scores.float().cpu().numpy()

    def _gather(self, batches: Iterator[List[Clip]],
                names: Sequence[str]) -> List[Prediction]:
        windows: List[List[WindowScores]] = [[] for _ in names]
        errors: Dict[int, str] = {}
        for clips in batches:
            errors.update({c.video: c.error for c in clips if c.error})
            whole = [clip for clip in clips if not clip.error]
            for clip, scores in zip(whole,
                                    self.forward(whole) if whole else ()):
                windows[clip.video].append(
                    WindowScores(clip.begin, clip.end, scores))
        # of a video that breaks in the middle nothing is shown
        return [
            Prediction(name, () if i in errors else tuple(windows[i]),
                       errors.get(i, '')) for i, name in enumerate(names)
        ]

    def visualize(  # type: ignore[override]
            self,
            inputs: Sequence[Union[str, np.ndarray]],
            preds: Sequence[Prediction],
            top_k: int = 5,
            fps: float = 25.,
            vid_out_dir: str = '',
            timeline_dir: str = '') -> List[str]:
        """Draw what was asked for.

        Args:
            inputs (Sequence[str or np.ndarray]): As of :meth:`preprocess`.
            preds (Sequence[Prediction]): One for each.
            top_k (int): Classes that are named.
            fps (float): Of frames that are given, per second.
            vid_out_dir (str): Folder of videos with the classes drawn on them.
            timeline_dir (str): Folder of pictures of the classes over time.

        Returns:
            list[str]: Files that were written.
        """
        written = []
        taken: Set[str] = set()
        for video, pred in zip(inputs, preds):
            if pred.error or not (vid_out_dir or timeline_dir):
                continue
            stem, number = Path(pred.video).stem, 2
            while stem in taken:  # of the same name, from another folder
                stem, number = f'{Path(pred.video).stem}_{number}', number + 1
            taken.add(stem)
            best = [
                best_classes(each.scores, self.classes, top_k)
                for each in pred.windows
            ]
            times = [(each.begin, each.end) for each in pred.windows]
            if vid_out_dir:
                out = Path(vid_out_dir, f'{stem}.mp4')
                draw_classes(video, times, best, out, pred.video, fps)
                written.append(str(out))
            if timeline_dir:
                out = Path(timeline_dir, f'{stem}.png')
                save_timeline(video, times,
                              np.stack([w.scores for w in pred.windows]),
                              self.classes, out, pred.video, top_k, fps)
                written.append(str(out))
        return written

    def postprocess(  # type: ignore[override]
            self, preds: Sequence[Prediction],
            visualization: Sequence[str]) -> Dict[str, Any]:
        """Pack the result."""
        return dict(
            predictions=list(preds),
            classes=self.classes,
            broken={p.video: p.error
                    for p in preds if p.error},
            visualization=list(visualization))

"""Pictures of what a student predicts, while it learns."""
from functools import partial
from typing import Any, Dict, List, Optional

import torch
from mmengine.dist import is_main_process
from mmengine.hooks import Hook
from mmengine.model import is_model_wrapper
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, Subset

from mvd_mm.registry import HOOKS
from mvd_mm.utils.randomness import seed_everything
from .feature_picture import rows_image
from .pretraining_view import look, teacher_colours, view_rows

__all__ = ['PretrainingPicturesHook']


@HOOKS.register_module()
class PretrainingPicturesHook(Hook):
    """Draw masks, features and predictions of some clips every n epochs.

    The pictures go to MMEngine's visualizer, and by it to all its backends:
    files under ``vis_data/vis_image``, TensorBoard, Weights & Biases. Their
    step is the epoch. Clips and masks are the same each time, so that the
    pictures show what changes. The training is the same, bit for bit, as
    without this hook.

    Args:
        interval (int): Epochs from picture to picture; the last epoch has one
            in any case.
        number (int): Clips, the first ones of the training list.
        seed (int): Of their crops and masks.

    Raises:
        ValueError: If ``interval`` or ``number`` is below 1.
    """

    priority = 'LOW'

    def __init__(self,
                 interval: int = 10,
                 number: int = 2,
                 seed: int = 0) -> None:
        for name, value in dict(interval=interval, number=number).items():
            if value < 1:
                raise ValueError(f'`{name}` of mvd_mm.PretrainingPicturesHook '
                                 f'must be at least 1, got {value}')
        self.interval, self.number, self.seed = interval, number, seed
        self._batch: Optional[Dict[str, Any]] = None
        self._colours: Any = None

    def before_train(self, runner) -> None:
        """Read the clips.

        Raises:
            TypeError: If the model is not MVD.
            ValueError: If its weights are spread over processes.
        """
        model = runner.model
        if is_model_wrapper(model) and not isinstance(model,
                                                      DistributedDataParallel):
            raise ValueError(
                'mvd_mm.PretrainingPicturesHook needs all weights in one '
                f'process, which {type(model).__name__} spreads: remove it, '
                'and draw checkpoints with '
                'tools/visualizations/show_pretraining.py')
        model = _inside(model)
        if not hasattr(model, 'branches'):
            raise TypeError(
                'mvd_mm.PretrainingPicturesHook draws what the student of '
                f'mvd_mm.MVD predicts, got {type(model).__name__}: remove '
                'the hook')
        if is_main_process():
            self._batch = self._read(runner.train_dataloader)

    def after_train_epoch(self, runner) -> None:
        """Draw."""
        if self._batch is None or not (self.every_n_epochs(
                runner, self.interval) or self.is_last_train_epoch(runner)):
            return
        model = _inside(runner.model)
        training = model.training
        model.eval()
        try:
            images = self._draw(model, runner.epoch + 1)
        finally:
            model.train(training)
        for index, image in enumerate(images):
            runner.visualizer.add_image(f'pretraining_clip_{index}', image,
                                        runner.epoch + 1)

    def _draw(self, model: Any, epoch: int) -> List[Any]:
        views = look(model,
                     model.data_preprocessor(self._batch)['inputs'],
                     True)[:self.number]
        if self._colours is None:  # the teachers do not change
            self._colours = teacher_colours(views)
        return [
            rows_image(
                title=f'clip {index} of the list after epoch {epoch}, '
                f'{view.hidden:.0f} % hidden, time from left to right\n'
                "colours: main components of each teacher's features",
                **view_rows(view, model.backbone.grid_size, self._colours))
            for index, view in enumerate(views)
        ]

    def _read(self, loader: Any) -> Dict[str, Any]:
        """A batch with random numbers of its own, which the run never sees."""
        number = min(self.number, len(loader.dataset))
        own = DataLoader(
            Subset(loader.dataset, range(number)),
            batch_size=number,
            # a process of its own keeps the state of this one
            num_workers=1,
            worker_init_fn=partial(_seed_worker, seed=self.seed),
            collate_fn=loader.collate_fn,
            generator=torch.Generator())
        return next(iter(own))


def _seed_worker(worker_id: int, seed: int) -> None:
    seed_everything(seed, worker_id)


def _inside(model: Any) -> Any:
    return model.module if is_model_wrapper(model) else model

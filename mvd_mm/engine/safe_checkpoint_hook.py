"""Checkpoints that no interruption can take away."""
import time
from collections import deque
from pathlib import Path
from typing import Any, Deque, Dict, List, Optional, Sequence, Union

import torch
from mmengine import dist
from mmengine.hooks import CheckpointHook
from torch import Tensor
from torch.nn.modules.batchnorm import _NormBase

from mvd_mm.registry import HOOKS
from mvd_mm.utils.atomic import remove_partial, write_text
from .gradient_norm import is_sharded, whole_model
from .run_facts import run_differences, run_facts

__all__ = ['SafeCheckpointHook']

_PENDING = 'pending_gradients'
_STATISTICS = 'running_statistics'
# facts of a run that its pending gradients depend on
_ACCUMULATION = ('batch_size', 'processes', 'epoch_length', 'accumulation')


@HOOKS.register_module()
class SafeCheckpointHook(CheckpointHook):
    """MMEngine's ``CheckpointHook`` that never has less than it had before.

    - An older checkpoint, the best one included, is removed only when its
      successor is complete; at least two are kept. (MMEngine removes first.)
    - ``last_checkpoint`` holds a name relative to the work directory, so a
      work directory may be moved.
    - Between the epochs' checkpoints others may be written by minutes or
      iterations, ``iter_N.pth``, of which the last two are kept.
    - The running statistics of batch norms, which differ between processes
      within an epoch, are kept for each of them.
    - Gradients that are accumulated but not yet applied at the end of an
      epoch are kept, so that a resumed run applies them.

    The files are written by MMEngine; :mod:`mvd_mm.compat` makes its writing
    atomic.

    Args:
        interval (int): In epochs, or in iterations with ``by_epoch=False``.
        minutes (float, optional): Also write one when this many minutes have
            passed since the last one of any kind.
        iters (int, optional): Also write one every so many iterations.
        by_epoch (bool): Unit of ``interval``.
        save_optimizer (bool): Whether a run can be resumed.
        save_param_scheduler (bool): Likewise.
        out_dir (str, optional): Another place than the work directory.
        max_keep_ckpts (int): How many of those of ``interval`` are kept, at
            least 2; -1 keeps all.
        save_last (bool): Also write one at the end.
        save_best (str or list[str], optional): Metrics whose best is kept.
        rule (str or list[str], optional): 'greater' or 'less', for each.
        greater_keys (list[str], optional): See ``CheckpointHook``.
        less_keys (list[str], optional): See ``CheckpointHook``.
        published_keys (str or list[str], optional): See ``CheckpointHook``.
        save_begin (int): The first epoch or iteration that is kept.
        backend_args (dict, optional): Of another file system.

    Raises:
        ValueError: If ``minutes`` or ``iters`` is not positive.
    """

    # set by MMEngine's hook, which does not name their types
    best_ckpt_path: Optional[str]
    file_backend: Any
    max_keep_ckpts: int

    def __init__(self,
                 interval: int = -1,
                 minutes: Optional[float] = None,
                 iters: Optional[int] = None,
                 by_epoch: bool = True,
                 save_optimizer: bool = True,
                 save_param_scheduler: bool = True,
                 out_dir: Optional[str] = None,
                 max_keep_ckpts: int = -1,
                 save_last: bool = True,
                 save_best: Union[str, List[str], None] = None,
                 rule: Union[str, List[str], None] = None,
                 greater_keys: Optional[Sequence[str]] = None,
                 less_keys: Optional[Sequence[str]] = None,
                 published_keys: Union[str, List[str], None] = None,
                 save_begin: int = 0,
                 backend_args: Optional[dict] = None) -> None:
        for name, value in (('minutes', minutes), ('iters', iters)):
            if value is not None and value <= 0:
                raise ValueError(f'`{name}` must be positive, got {value}')
        super().__init__(
            interval,
            by_epoch=by_epoch,
            save_optimizer=save_optimizer,
            save_param_scheduler=save_param_scheduler,
            out_dir=out_dir,
            max_keep_ckpts=max_keep_ckpts,
            save_last=save_last,
            save_best=save_best,
            rule=rule,
            greater_keys=greater_keys,
            less_keys=less_keys,
            published_keys=published_keys,
            save_begin=save_begin,
            backend_args=backend_args)
        if self.max_keep_ckpts > 0:
            self.max_keep_ckpts = max(2, self.max_keep_ckpts)
        self.minutes = minutes
        self.iters = iters
        self.iter_ids: Deque[int] = deque()
        self._gradients: Dict[str, Tensor] = {}
        self._statistics: List[Dict[str, Tensor]] = []
        self._place: Dict[str, int] = {}
        self._saved_at = time.monotonic()

    def before_train(self, runner) -> None:
        """Find the folder, and what an interrupted run has left there."""
        super().before_train(runner)
        if dist.is_main_process() and '://' not in str(self.out_dir):
            remove_partial(self.out_dir, '*.pth')
        # the best ones are named as they were written, maybe in a work
        # directory that was moved since
        best = getattr(self, 'best_ckpt_path', None)
        if best:
            self.best_ckpt_path = self._here(best)
        for key, path in getattr(self, 'best_ckpt_path_dict', {}).items():
            self.best_ckpt_path_dict[key] = path and self._here(path)
        self.iter_ids = deque(
            runner.message_hub.runtime_info.get('keep_iter_ids', ()))
        if self._gradients:
            for name, parameter in _module(runner).named_parameters():
                if name in self._gradients:
                    parameter.grad = self._gradients[name].to(parameter.device)
            self._gradients = {}
        if self._statistics:
            _module(runner).load_state_dict(
                self._statistics[dist.get_rank()], strict=False)
            self._statistics = []
        self._saved_at = time.monotonic()

    def after_load_checkpoint(self, runner, checkpoint: dict) -> None:
        """Compare a resumed run with the one that wrote the checkpoint.

        Its pending gradients are kept until the run trains.
        """
        if not runner._resume:
            return
        saved = checkpoint['meta'].get('run', {})
        here = run_facts(runner)
        if runner._randomness_cfg.get('seed') is None:
            del here['seed']  # nobody asked for another one
        for difference in run_differences(saved, here):
            runner.logger.warning(f'resuming with another {difference}')
        if hasattr(runner.train_loop, 'saved_length'):
            runner.train_loop.saved_length = saved.get('epoch_length')
        if all(saved.get(k) == here[k] for k in _ACCUMULATION if k in here):
            self._gradients = checkpoint.get(_PENDING, {})
        if saved.get('processes') == here['processes']:
            self._statistics = checkpoint.get(_STATISTICS, [])

    def before_save_checkpoint(self, runner, checkpoint: dict) -> None:
        """Add facts of the run, and the gradients not applied yet."""
        # FlexibleRunner takes every checkpoint for one at the end of an epoch
        checkpoint['meta'].update(self._place)
        checkpoint['meta']['run'] = run_facts(runner)
        if self._gradients:
            checkpoint[_PENDING] = self._gradients
        if self._statistics:
            checkpoint[_STATISTICS] = self._statistics

    def after_train_epoch(self, runner) -> None:
        """Write the checkpoint of an epoch."""
        # also for a checkpoint that a signal asks for during validation
        self._gradients = _pending_gradients(runner)
        self._statistics = _running_statistics(runner)
        super().after_train_epoch(runner)

    def after_train_iter(self,
                         runner,
                         batch_idx: int,
                         data_batch: Any = None,
                         outputs: Any = None) -> None:
        """Write the checkpoints by iterations and by minutes."""
        self._gradients = {}
        super().after_train_iter(runner, batch_idx, data_batch, outputs)
        due = self.iters is not None and self.every_n_train_iters(
            runner, self.iters)
        due |= self._is_time(runner)
        # gradients under way would be lost: after the next update
        if due and is_updated(runner):
            self.save_now(runner, runner.iter + 1)

    def _is_time(self, runner) -> bool:
        """Whether the minutes have passed, by the clock of the first process.

        All processes write together, so several of them ask it every ten
        updates.
        """
        if self.minutes is None:
            return False
        due = time.monotonic() - self._saved_at >= 60 * self.minutes
        if dist.get_world_size() == 1:
            return due
        updates = (runner.iter + 1) // _accumulation(runner)
        if not is_updated(runner) or updates % 10:
            return False
        answer = torch.tensor([int(due)])
        dist.broadcast(answer)
        return bool(answer.item())

    def save_now(self, runner, step: int, together: bool = True) -> None:
        """Write ``iter_N.pth``.

        Args:
            runner (Runner): After an update of the weights, or an epoch.
            step (int): N, the iterations that are done.
            together (bool): Whether all processes call this; False after an
                epoch, when nothing has changed since its end.
        """
        if together:
            self._statistics = _running_statistics(runner)
        runner.logger.info(f'Saving checkpoint at {step} iterations')
        self.iter_ids.append(step)
        outdated = []
        while len(self.iter_ids) > 2:
            outdated.append(f'iter_{self.iter_ids.popleft()}.pth')
        runner.message_hub.update_info('keep_iter_ids', list(self.iter_ids))
        self._write(runner, f'iter_{step}.pth',
                    dict(epoch=runner.epoch, iter=step), outdated)

    def _save_checkpoint_with_step(self, runner, step: int,
                                   meta: dict) -> None:
        outdated = []
        if self.max_keep_ckpts > 0 and not (self.keep_ckpt_ids and
                                            self.keep_ckpt_ids[-1] == step):
            if len(self.keep_ckpt_ids) == self.max_keep_ckpts:
                outdated.append(
                    self.filename_tmpl.format(self.keep_ckpt_ids.popleft()))
            self.keep_ckpt_ids.append(step)
            runner.message_hub.update_info('keep_ckpt_ids',
                                           list(self.keep_ckpt_ids))
        self._write(runner, self.filename_tmpl.format(step), meta, outdated)

    def _write(self, runner, name: str, meta: dict,
               outdated: List[str]) -> None:
        """Write a checkpoint, then note its name, then remove older ones."""
        self.last_ckpt = self.file_backend.join_path(self.out_dir, name)
        runner.message_hub.update_info('last_ckpt', self.last_ckpt)
        self._place = dict(meta)
        runner.save_checkpoint(
            self.out_dir,
            name,
            self.file_client_args,
            save_optimizer=self.save_optimizer,
            save_param_scheduler=self.save_param_scheduler,
            meta=meta,
            by_epoch=self.by_epoch,
            backend_args=self.backend_args,
            **self.args)
        self._place = {}
        self._saved_at = time.monotonic()
        if not dist.is_main_process():
            return
        own_folder = Path(self.out_dir) == Path(runner.work_dir)
        write_text(
            Path(runner.work_dir) / 'last_checkpoint',
            name if own_folder else self.last_ckpt)
        for old in outdated:
            self._remove(self.file_backend.join_path(self.out_dir, old))

    def _save_best_checkpoint(self, runner, metrics: dict) -> None:
        if not hasattr(self, 'file_backend'):
            return  # validation alone, without training: nothing to keep
        # MMEngine removes the previous best one first
        backend = self.file_backend
        self.file_backend = _LateRemoval(backend)
        try:
            super()._save_best_checkpoint(runner, metrics)
            removed = self.file_backend.removed
        finally:
            self.file_backend = backend
        for path in removed:
            self._remove(path)

    def _here(self, path: str) -> str:
        return self.file_backend.join_path(self.out_dir, Path(path).name)

    def _remove(self, path: str) -> None:
        if self.file_backend.isfile(path):
            self.file_backend.remove(path)
        elif self.file_backend.isdir(path):  # DeepSpeed's are folders
            self.file_backend.rmtree(path)


class _LateRemoval:
    """A file backend that only notes what is to be removed."""

    def __init__(self, backend) -> None:
        self._backend = backend
        self.removed: List[str] = []

    def __getattr__(self, name: str):
        return getattr(self._backend, name)

    def remove(self, path: str) -> None:
        self.removed.append(path)

    def rmtree(self, path: str) -> None:
        self.removed.append(path)


def _module(runner) -> torch.nn.Module:
    return whole_model(runner.model)


def _running_statistics(runner) -> List[Dict[str, Tensor]]:
    """Statistics of batch norms in each process; [] where one has all."""
    if dist.get_world_size() == 1:
        return []
    own = {
        f'{name}.{key}': buffer.detach().cpu().clone()
        for name, module in _module(runner).named_modules()
        if isinstance(module, _NormBase)
        for key, buffer in module.named_buffers(recurse=False)
    }
    return dist.all_gather_object(own) if own else []


def is_updated(runner) -> bool:
    """Whether the last iteration ended with an update of the weights."""
    count = getattr(runner.optim_wrapper, '_inner_count', 0)
    return count % _accumulation(runner) == 0


def _accumulation(runner) -> int:
    return getattr(runner.optim_wrapper, '_accumulative_counts', 1)


def _pending_gradients(runner) -> Dict[str, Tensor]:
    """Accumulated gradients, averaged over the processes.

    Each process keeps its own until the update, which averages them: the mean
    on every process leads to the same update. The run goes on with the mean
    itself, so that it rounds as a resumed run does.
    """
    if is_updated(runner):
        return {}
    if is_sharded(runner.model):
        runner.logger.warning(
            'the epoch ends before an update, and this checkpoint leaves out '
            'the gradients of its last batches: no process has them whole. A '
            'run resumed from it makes one update from fewer batches; '
            'checkpoints by `minutes` or `iters` are written after an update')
        return {}
    gradients = {
        name: parameter.grad.detach()
        for name, parameter in _module(runner).named_parameters()
        if parameter.grad is not None
    }
    if dist.get_world_size() > 1:
        for gradient in gradients.values():
            dist.all_reduce(gradient, op='mean')
    # copies: the update clears or overwrites the gradients themselves
    return {n: gradient.cpu().clone() for n, gradient in gradients.items()}

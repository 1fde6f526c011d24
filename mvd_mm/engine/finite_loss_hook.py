"""A run stops when its loss is not finite any more, and says where."""
import logging
from pathlib import Path
from typing import List, Optional

import torch
from mmengine.dist import get_rank
from mmengine.hooks import Hook
from mmengine.logging import print_log

from mvd_mm.registry import HOOKS

__all__ = ['FiniteLossHook']


@HOOKS.register_module()
class FiniteLossHook(Hook):
    """Stop at the first loss that is NaN or infinite; keep its batch.

    The batch, as the loader gave it, and the losses are written to
    ``nonfinite_loss_iter_N_rank_R.pth`` in the work directory. To repeat the
    iteration, read the file with ``torch.load(FILE, weights_only=False)`` and
    give its batch to ``model.data_preprocessor``. The latest checkpoint is
    older than this iteration.

    MMDetection's ``CheckInvalidLossHook`` names neither the iteration nor the
    batch, and it needs mmdet. The check costs no extra wait for the device,
    because MMEngine reads every loss for its log anyway.
    """

    def after_train_iter(self,
                         runner,
                         batch_idx: int,
                         data_batch: Optional[dict] = None,
                         outputs: Optional[dict] = None) -> None:
        """Check all losses.

        Raises:
            FloatingPointError: Names losses, epoch, iteration, learning rate
                and the file with the batch.
        """
        losses = {
            name: value.item()
            for name, value in (outputs or {}).items() if 'loss' in name
        }
        wrong = {
            name: value
            for name, value in losses.items()
            if not torch.isfinite(torch.tensor(value))
        }
        if not wrong:
            return
        path = Path(runner.work_dir) / (
            f'nonfinite_loss_iter_{runner.iter + 1}_rank_{get_rank()}.pth')
        torch.save(dict(batch=data_batch, losses=losses), path)
        lr = max(runner.optim_wrapper.get_lr()['lr'])
        message = (
            f'{wrong} at iteration {runner.iter + 1} (epoch '
            f'{runner.epoch + 1}, batch {batch_idx + 1} of it, learning rate '
            f'{lr:.4g}), clips {_names(data_batch)}; the batch is in {path}. '
            'Common ways out: bfloat16 instead of float16 '
            '(optim_wrapper.dtype=bfloat16 optim_wrapper.loss_scale=1.0), a '
            'lower learning rate, optim_wrapper.clip_grad.max_norm=1')
        print_log(message, logger='current', level=logging.ERROR)
        raise FloatingPointError(message)


def _names(batch: Optional[dict]) -> List[str]:
    """Files of the batch if the pipeline packed their names, or labels."""
    samples = (batch or {}).get('data_samples') or []
    return [
        getattr(sample, 'filename', None)
        or f'of label {getattr(sample, "gt_label", "-")}' for sample in samples
    ]

"""Logged losses are means over processes."""
from typing import Any, List, Optional

import torch
from mmengine.dist import get_world_size
from mmengine.hooks import Hook
from torch import Tensor

from mvd_mm.registry import HOOKS

__all__ = ['MeanLossHook']


@HOOKS.register_module()
class MeanLossHook(Hook):
    """Average over the processes what the log shows of a training step.

    MMEngine logs the numbers of the first process alone, which see a share of
    the batch. Here all of them are averaged in one exchange and read from the
    device at once, where MMEngine reads one after the other. Other hooks that
    run later get the means as well.

    A number that is NaN or infinite in some processes is averaged over the
    others; where it is so in all of them, it stays as it is. Where
    ``mvd_mm.FiniteLossHook`` may leave out the step, such a number is left
    out of the log: one NaN would hide the mean of a whole interval.
    """

    # after mvd_mm.FiniteLossHook, before RuntimeInfoHook, which logs
    priority = 5

    def __init__(self) -> None:
        self._may_skip = False

    def before_train(self, runner) -> None:
        """See whether steps may be left out."""
        self._may_skip = any(
            getattr(hook, 'max_skips', 0) for hook in runner.hooks)

    def after_train_iter(self,
                         runner,
                         batch_idx: int,
                         data_batch: Any = None,
                         outputs: Optional[dict] = None) -> None:
        """Replace the numbers of this process by the means."""
        numbers = {
            name: value
            for name, value in (outputs or {}).items()
            if isinstance(value, (int, float))
            or isinstance(value, Tensor) and value.numel() == 1
        }
        if not numbers or outputs is None:
            return
        for name, mean in zip(numbers, _means(list(numbers.values()))):
            outputs[name] = mean
            if self._may_skip and mean - mean != 0:
                del outputs[name]


def _means(numbers: List[Any]) -> List[float]:
    """Means over processes; of those that are finite, if any is."""
    device = next((n.device for n in numbers if isinstance(n, Tensor)), 'cpu')
    values = torch.stack([
        torch.as_tensor(n, dtype=torch.float64, device=device).detach().view(
            ()) for n in numbers
    ])
    if get_world_size() == 1:
        return values.tolist()
    finite = torch.isfinite(values)
    sums = torch.stack([values.where(finite, values.new_zeros(())), finite])
    torch.distributed.all_reduce(sums)
    # 0 / 0 is NaN: not finite in any process
    return (sums[0] / sums[1]).tolist()

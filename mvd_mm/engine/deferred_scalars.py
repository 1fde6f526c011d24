"""Numbers of the log that are read from the device together."""
from typing import List, Tuple

import torch
from mmengine.hooks import LoggerHook
from mmengine.logging import MessageHub
from torch import Tensor

__all__ = ['DeferredScalars']

_KEY = 'deferred_scalars'


class DeferredScalars:
    """Keep scalars on the device until the log is due, then read them at once.

    Reading a number from a GPU makes the host wait for all that was asked of
    it so far, and the GPU idle until the host has caught up again. MMEngine
    reads each loss in each iteration. One queue per run collects them: every
    value reaches the log, in order, with one wait per line of the log. Values
    that are in the host's memory anyway are not kept back.

    Args:
        hub (MessageHub): Where the numbers go.
    """

    def __init__(self, hub: MessageHub) -> None:
        self.hub = hub
        self._waiting: List[Tuple[str, Tensor]] = []

    @classmethod
    def of(cls, hub: MessageHub) -> 'DeferredScalars':
        """The queue of a run, made at the first call."""
        if _KEY not in hub.runtime_info:
            hub.update_info(_KEY, cls(hub), resumed=False)
        return hub.get_info(_KEY)

    def add(self, name: str, value) -> None:
        """Note a number.

        Args:
            name (str): As ``MessageHub.update_scalar`` takes it.
            value (Tensor or float): One number.
        """
        if isinstance(value, Tensor) and self._is_far(value):
            self._waiting.append((name, value.detach().float().reshape(())))
        else:
            self.hub.update_scalar(name, value)

    def flush(self) -> bool:
        """Read what waits; says whether there was any."""
        if not self._waiting:
            return False
        names, values = zip(*self._waiting)
        self._waiting = []
        for name, value in zip(names, torch.stack(values).tolist()):
            self.hub.update_scalar(name, value)
        return True

    def flush_if_due(self, runner, batch_idx: int) -> None:
        """Read what waits in an iteration after which the log is written."""
        intervals = {
            hook.interval
            for hook in runner.hooks if isinstance(hook, LoggerHook)
        } or {1}
        if batch_idx + 1 == len(runner.train_dataloader) or any(
            (count + 1) % interval == 0 for interval in intervals
                for count in (batch_idx, runner.iter)):
            self.flush()

    @staticmethod
    def _is_far(value: Tensor) -> bool:
        return value.device.type != 'cpu'

"""The losses of the log, read from the device once per line of it."""
from typing import Optional

from mmengine.hooks import RuntimeInfoHook

from mvd_mm.registry import HOOKS
from .deferred_scalars import DeferredScalars

__all__ = ['DeferredInfoHook']


@HOOKS.register_module()
class DeferredInfoHook(RuntimeInfoHook):
    """MMEngine's ``RuntimeInfoHook`` without a wait in each iteration.

    It takes the place of ``RuntimeInfoHook`` in ``default_hooks``. The log
    holds the same numbers; see :class:`DeferredScalars`.
    """

    priority = 'VERY_HIGH'

    def after_train_iter(self,
                         runner,
                         batch_idx: int,
                         data_batch: Optional[dict] = None,
                         outputs: Optional[dict] = None) -> None:
        """Note all losses; read them where the log is due."""
        scalars = DeferredScalars.of(runner.message_hub)
        for name, value in (outputs or {}).items():
            scalars.add(f'train/{name}', value)
        scalars.flush_if_due(runner, batch_idx)

    def before_save_checkpoint(self, runner, checkpoint: dict) -> None:
        """Put what waits into the history that a resumed run goes on with."""
        if DeferredScalars.of(runner.message_hub).flush():
            checkpoint['message_hub'] = runner.message_hub.state_dict()

"""Compilation of the transformer blocks, and what it costs at the start."""
import time
from typing import Any, Optional

import torch
from mmengine.hooks import Hook
from mmengine.logging import print_log
from mmengine.model import is_model_wrapper

from mvd_mm.models.layers import TransformerBlock
from mvd_mm.registry import HOOKS

__all__ = ['CompileBlocksHook', 'compile_blocks']


def compile_blocks(model: torch.nn.Module, **options: Any) -> int:
    """Let ``torch.compile`` have every transformer block of a model.

    Blocks of one shape share their code, so a deep network compiles as fast
    as a shallow one. Names of parameters stay as they are.

    Args:
        model (nn.Module): Students, teachers, decoders, recognisers, ...
        **options: Of ``torch.compile``.

    Returns:
        int: Number of blocks.
    """
    blocks = [m for m in model.modules() if isinstance(m, TransformerBlock)]
    # one entry for each width, with gradients and without, and for each size
    limits = torch._dynamo.config
    for name in ('recompile_limit', 'cache_size_limit'):
        if hasattr(limits, name):
            setattr(limits, name, max(64, getattr(limits, name)))
    for block in blocks:
        block.compile(**options)
    return len(blocks)


@HOOKS.register_module()
class CompileBlocksHook(Hook):
    """Compile the repeated blocks for training and for testing.

    In the place of MMEngine's ``compile=True``, which compiles the step as a
    whole and fails as soon as ``optim_wrapper.paramwise_cfg`` is set. The
    blocks do nearly all of the work. What is compiled depends on the shapes;
    after the second size (detection) it is compiled once more, for all sizes.
    Checkpoints are the same with and without. Add it to ``custom_hooks``.

    Args:
        backend (str): Of ``torch.compile``.
        mode (str, optional): Of ``torch.compile``.
        dynamic (bool, optional): Of ``torch.compile``: True: one code for all
            sizes from the start, None: from the second size on.
    """

    def __init__(self,
                 backend: str = 'inductor',
                 mode: Optional[str] = None,
                 dynamic: Optional[bool] = None) -> None:
        self.options = dict(backend=backend, mode=mode, dynamic=dynamic)
        self._begin = 0.
        self._waits = False

    def before_train(self, runner) -> None:
        """Compile for training."""
        self._compile(runner)

    def before_val(self, runner) -> None:
        """Compile for a validation without training."""
        self._compile(runner)

    def before_test(self, runner) -> None:
        """Compile for testing."""
        self._compile(runner)

    def after_train_iter(self, runner, *args, **kwargs) -> None:
        """Say what the first iteration took."""
        self._report()

    def after_test_iter(self, runner, *args, **kwargs) -> None:
        """Say what the first iteration took."""
        self._report()

    def _compile(self, runner) -> None:
        model = runner.model
        model = model.module if is_model_wrapper(model) else model
        if getattr(model, '_blocks_are_compiled', False):
            return
        number = compile_blocks(model, **self.options)
        model._blocks_are_compiled = True
        self._begin, self._waits = time.perf_counter(), True
        print_log(
            f'compilation: {number} transformer blocks by '
            f'{self.options["backend"]}, at their first use',
            logger='current')

    def _report(self) -> None:
        if self._waits:
            self._waits = False
            print_log(
                'compilation: the first iteration, which compiles, ended '
                f'after {time.perf_counter() - self._begin:.1f} s',
                logger='current')

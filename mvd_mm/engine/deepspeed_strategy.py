"""Training with DeepSpeed, from the config of a run without it."""
from pathlib import Path
from typing import Any, Optional, Sequence

from mmengine._strategy import DeepSpeedStrategy as HostDeepSpeedStrategy
from mmengine._strategy.deepspeed import \
    DeepSpeedOptimWrapper as HostOptimWrapper
from mmengine.optim import BaseOptimWrapper
from mmengine.runner.activation_checkpointing import \
    turn_on_activation_checkpointing
from mmengine.runner.checkpoint import _load_checkpoint
from torch import nn

from mvd_mm.registry import OPTIM_WRAPPERS, STRATEGIES

__all__ = ['DeepSpeedOptimWrapper', 'DeepSpeedStrategy']

_AUTOCAST = {
    'OptimWrapper': None,
    'AmpOptimWrapper': 'float16',
    'mvd_mm.AutocastOptimWrapper': 'bfloat16'
}


@OPTIM_WRAPPERS.register_module()
class DeepSpeedOptimWrapper(HostOptimWrapper):
    """MMEngine's, which also tells how many batches make an update."""

    _accumulative_counts = 1

    @property
    def _inner_count(self) -> int:
        return self.model.micro_steps

    def initialize_count_status(self, model: nn.Module, init_counts: int,
                                max_counts: int) -> None:
        """Nothing: DeepSpeed counts the batches itself.

        Args:
            model (nn.Module): As MMEngine hands it over, as are the others.
            init_counts (int): Batches that were counted before.
            max_counts (int): Batches of the run.
        """


@STRATEGIES.register_module()
class DeepSpeedStrategy(HostDeepSpeedStrategy):
    """MMEngine's DeepSpeed, from the optimiser settings of the recipe.

    MMEngine wants accumulation, clipping and precision written anew for
    DeepSpeed, ignores ``auto_scale_lr``, calls no hook when it saves or loads,
    and starts from no file but DeepSpeed's. Here ``optim_wrapper`` stays as it
    is: ``accumulative_counts``, ``clip_grad``, ``dtype`` and ``loss_scale``
    become those of DeepSpeed, mixed precision becomes its autocast with
    weights in float32, ``auto_scale_lr`` scales, ``load_from`` reads any
    checkpoint of this package.

    A run's checkpoints are folders of DeepSpeed; the weights are in
    ``mp_rank_00_model_states.pt`` and read as those of any checkpoint.
    DeepSpeed loads such a file with pickle: resume from your own only. Batches
    at the very end of a run that do not fill an update are not applied.

    Args:
        stage (int): 1 spreads the states of the optimiser, 2 the gradients as
            well. To spread the weights too, use ``mvd_mm.FSDPStrategy``.
        activation_checkpointing (list[str]): See ``mvd_mm.FSDPStrategy``.
        config (dict, optional): More settings of DeepSpeed.
        **kwargs: Of MMEngine's strategies; filled in by ``FlexibleRunner``.

    Raises:
        ImportError: If DeepSpeed is not installed.
        ValueError: If ``stage`` is not 1 or 2, or a setting of
            ``optim_wrapper`` has no equal in DeepSpeed.
    """

    def __init__(self,
                 *,
                 stage: int = 1,
                 activation_checkpointing: Sequence[str] = (),
                 config: Optional[dict] = None,
                 **kwargs) -> None:
        if stage not in (1, 2):
            raise ValueError(f'`stage` must be 1 or 2, got {stage}; to spread '
                             'the weights too, use mvd_mm.FSDPStrategy')
        _check_installed()
        super().__init__(
            config=dict(config or {}),
            zero_optimization=dict(stage=stage),
            **kwargs)
        # AdamW and the like of torch are what the recipes use
        self.config.setdefault('zero_allow_untested_optimizer', True)
        self.checkpointed = list(activation_checkpointing)

    def prepare(self,
                model,
                *,
                optim_wrapper=None,
                dispatch_kwargs: Optional[dict] = None,
                **kwargs):
        """Prepare the model, optimiser and schedule; see MMEngine."""
        dispatch_kwargs = dict(dispatch_kwargs or {})
        self.config['train_micro_batch_size_per_gpu'] = dispatch_kwargs.get(
            'train_micro_batch_size_per_gpu', 1)
        if isinstance(optim_wrapper, dict):
            optim_wrapper = self._translate(dict(optim_wrapper))
        return super().prepare(
            model,
            optim_wrapper=optim_wrapper,
            dispatch_kwargs=dispatch_kwargs,
            **kwargs)

    def build_optim_wrapper(self, optim_wrapper, model=None):
        """Build, and scale the learning rate where the config asks for it."""
        wrapper: Any = super().build_optim_wrapper(optim_wrapper, model)
        if isinstance(wrapper, BaseOptimWrapper):
            self.optim_wrapper = wrapper
            wrapper._accumulative_counts = self.config[
                'gradient_accumulation_steps']
            self._scale_lr()
        return wrapper

    def save_checkpoint(self,
                        filename: str,
                        *,
                        extra_ckpt: Optional[dict] = None,
                        callback=None,
                        **kwargs) -> None:
        """Save a folder; hooks add to it what they know."""
        extra_ckpt = extra_ckpt or {}
        extra_ckpt.setdefault('meta', {})
        if callback is not None:
            callback(extra_ckpt)
        super().save_checkpoint(filename, extra_ckpt=extra_ckpt, **kwargs)

    def load_checkpoint(self,
                        filename: str,
                        *,
                        callback=None,
                        **kwargs) -> dict:
        """Load DeepSpeed's folder or any other checkpoint, strictly."""
        if Path(filename).is_dir():
            return super().load_checkpoint(filename, **kwargs)
        self.logger.info(f'Load checkpoint from {filename}')
        checkpoint = _load_checkpoint(filename, map_location='cpu')
        if callback is not None:
            callback(checkpoint)
        self.model.module.load_state_dict(checkpoint.pop('state_dict'))
        optimizer: Any = getattr(self.model, 'optimizer', None)
        if hasattr(optimizer, 'refresh_fp32_params'):
            optimizer.refresh_fp32_params()
        return checkpoint

    def resume(self, filename: str, *, callback=None, **kwargs) -> dict:
        """Resume from DeepSpeed's folder.

        Raises:
            ValueError: If the checkpoint is of a run without DeepSpeed.
        """
        if not Path(filename).is_dir():
            raise ValueError(
                f'`resume`: {filename} is no folder, so DeepSpeed did not '
                'write it and its optimiser cannot go on from it. Start from '
                'its weights with `load_from`, or go on without DeepSpeed')
        checkpoint = super().resume(filename, **kwargs)
        if callback is not None:
            callback(checkpoint)
        return checkpoint

    def _wrap_model(self, model: nn.Module) -> nn.Module:
        if self.checkpointed:
            turn_on_activation_checkpointing(model, self.checkpointed)
        return super()._wrap_model(model)

    def _translate(self, wrapper: dict) -> dict:
        """Move settings of MMEngine's wrappers into DeepSpeed's."""
        kind = wrapper.pop('type', 'OptimWrapper')
        if kind not in _AUTOCAST:
            raise ValueError(
                f'`optim_wrapper.type={kind}` is not known to '
                f'mvd_mm.DeepSpeedStrategy; it reads {sorted(_AUTOCAST)}')
        self.config['gradient_accumulation_steps'] = wrapper.pop(
            'accumulative_counts', 1)
        clip = dict(wrapper.pop('clip_grad', None) or {})
        if clip:
            norm = clip.pop('max_norm', None)
            if norm is None or set(clip.values()) - {2, 'norm'}:
                raise ValueError('`optim_wrapper.clip_grad`: DeepSpeed clips '
                                 'by the L2 norm alone, `max_norm`')
            self.config['gradient_clipping'] = float(norm)
        dtype = wrapper.pop('dtype', None)
        if dtype in (None, 'auto'):
            dtype = _AUTOCAST[kind]
        wrapper.pop('loss_scale', None)  # its autocast scales by itself
        if dtype not in (None, 'float32'):
            self.config['torch_autocast'] = dict(enabled=True, dtype=dtype)
        return dict(wrapper, type='mvd_mm.DeepSpeedOptimWrapper')


def _check_installed() -> None:
    try:
        # an optional package
        import deepspeed  # noqa: F401
    except ImportError as error:
        raise ImportError(
            'mvd_mm.DeepSpeedStrategy needs DeepSpeed: pip install deepspeed, '
            'or use mvd_mm.FSDPStrategy, which needs nothing but torch'
        ) from error

"""What a checkpoint notes of its run, and what differs on resuming."""
from typing import Any, Dict, List

from mmengine.dist import get_rank, get_world_size
from mmengine.optim import OptimWrapperDict
from mmengine.runner import EpochBasedTrainLoop

__all__ = ['run_differences', 'run_facts', 'run_seed']

# name of a fact -> what it is called in the log, and whose takes effect
_FACTS = {
    'epochs': ('epochs', True),
    'processes': ('processes', True),
    'batch_size': ('batch size per process', True),
    'epoch_length': ('batches in an epoch', True),
    'accumulation': ('batches per update', True),
    'seed': ('seed', False),
    'peak_lr': ('peak learning rate', False),
    'weight_decay': ('weight decay', False),
}


def run_seed(runner) -> int:
    """Seed of the run, the same in all processes."""
    if runner._randomness_cfg.get('diff_rank_seed'):
        return runner.seed - get_rank()
    return runner.seed


def run_facts(runner) -> Dict[str, Any]:
    """Gather what a resumed run should share with the interrupted one.

    Args:
        runner (Runner): With its loop and its optimiser wrapper built.

    Returns:
        dict: Numbers only, so that a checkpoint with them loads safely.
    """
    loader = runner.train_dataloader
    facts = dict(
        processes=get_world_size(),
        batch_size=loader.batch_size,
        epoch_length=len(loader),
        seed=run_seed(runner))
    if isinstance(runner.train_loop, EpochBasedTrainLoop):
        facts['epochs'] = runner.max_epochs
    wrapper = runner.optim_wrapper
    if not isinstance(wrapper, OptimWrapperDict):
        groups = wrapper.optimizer.param_groups
        facts.update(
            accumulation=wrapper._accumulative_counts,
            # schedules keep the peak aside
            peak_lr=max(g.get('initial_lr', g['lr']) for g in groups),
            weight_decay=max(g.get('weight_decay', 0.) for g in groups))
    return facts


def run_differences(saved: Dict[str, Any], here: Dict[str, Any]) -> List[str]:
    """Say where two runs differ, and which value takes effect.

    Args:
        saved (dict): Of the checkpoint, from :func:`run_facts`.
        here (dict): Of the run that resumes.
    """
    found = []
    for key, (name, is_ours) in _FACTS.items():
        if key in saved and key in here and saved[key] != here[key]:
            effect = ("this run's" if is_ours else "the checkpoint's")
            found.append(f'{name}: {saved[key]} in the checkpoint, '
                         f'{here[key]} here; {effect} takes effect')
    return found

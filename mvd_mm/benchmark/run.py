"""One benchmark: both sides in turn, and what came out."""
import os
import platform
from copy import deepcopy
from statistics import median
from typing import Any, Dict, List, Optional, Sequence

import torch

from .arithmetic import pretraining_gmacs, recognition_gmacs
from .measuring import measure, peak_memory, product_rates
from .sizes import resize_model
from .workloads import Workload

__all__ = ['TASKS', 'machine', 'run_benchmark']

TASKS = ('pretrain', 'finetune', 'test', 'detect')
_DTYPES = dict(fp32=torch.float32, bf16=torch.bfloat16, fp16=torch.float16)


def run_benchmark(task: str,
                  model: dict,
                  batch: int = 1,
                  dtype: str = 'fp32',
                  device: str = 'cpu',
                  repeats: int = 5,
                  against: Optional[str] = None,
                  compiled: bool = False,
                  frames: Optional[int] = None,
                  size: Optional[int] = None,
                  hidden_share: float = 0.9,
                  masks: int = 1,
                  product_size: int = 2048) -> Dict[str, Any]:
    """Measure steps of one task on random pixels.

    Args:
        task (str): One of ``TASKS``.
        model (dict): Config of the model.
        batch (int): Clips of a step; views of one video for 'test'.
        dtype (str): 'fp32', 'bf16' or 'fp16'.
        device (str): 'cpu' or 'cuda'.
        repeats (int): Rounds; medians are reported.
        against (str, optional): 'plain': the same on MMAction2's own blocks,
            in turn with ours.
        compiled (bool): Compile our blocks.
        frames (int, optional): Frames of a clip.
        size (int, optional): Height and width in pixels.
        hidden_share (float): Share of hidden tokens of pre-training.
        masks (int): Masks of each clip in pre-training, which share a pass
            of the teachers. The other side computes one for each.
        product_size (int): Rows and columns of the product whose rate is the
            peak.

    Returns:
        dict: Figures of each side, ratios, the peak and the machine.

    Raises:
        ValueError: If task, precision, device or ``against`` is not one that
            there is.
    """
    _check('task', task, TASKS)
    _check('dtype', dtype, tuple(_DTYPES))
    _check('device', device, ('cpu', 'cuda'))
    _check('against', against, (None, 'plain'))
    if device == 'cuda' and not torch.cuda.is_available():
        raise ValueError("`device` 'cuda': torch sees no GPU here")
    if dtype == 'fp16' and device == 'cpu':
        raise ValueError("`dtype` 'fp16' needs a GPU, use 'bf16' on a CPU")
    if min(batch, repeats) < 1:
        raise ValueError('`batch` and `repeats` must be at least 1, got '
                         f'{batch} and {repeats}')
    if masks < 1 or task != 'pretrain' and masks > 1:
        raise ValueError('`masks` must be at least 1, and 1 for tasks other '
                         f'than pretrain, got {masks} for {task}')
    if task == 'detect' and batch > 1:
        raise ValueError('`batch` must be 1 for detect, which the host tests '
                         f'clip by clip, got {batch}')
    model = deepcopy(model)
    resize_model(model, frames, size)
    names = ['ours'] + ([against] if against else [])
    works = {
        name:
        Workload(task, model, name, batch, dtype, device, hidden_share, masks,
                 compiled)
        for name in names
    }
    rates = product_rates(device, _DTYPES[dtype], product_size)
    found = measure({
        n: w.step
        for n, w in works.items()
    }, device, repeats, rates)
    arithmetic = _arithmetic(task, model, hidden_share, masks)
    work = 2 * batch * sum(arithmetic.values())  # GFLOP
    sides: Dict[str, Any] = {}
    for name, workload in works.items():
        parts = workload.clock.take()
        seconds = median(found['seconds'][name])
        sides[name] = dict(
            seconds=seconds,
            all_seconds=found['seconds'][name],
            cpu_seconds=median(found['cpu_seconds'][name]),
            clips_per_second=batch / seconds,
            # the warm-up was timed by part as well
            part_seconds={
                k: v / (repeats + 1)
                for k, v in parts.items()
            },
            step_mib=peak_memory(workload.step, device),
            resident_mib=workload.resident,
            gflops=work / seconds,
            share_of_peak={
                library: work / seconds / rate
                for library, rate in found['gflops'].items()
            })
    result = dict(
        task=task,
        batch=batch,
        masks=masks,
        dtype=dtype,
        repeats=repeats,
        compiled=compiled,
        frames=model['backbone'].get('num_frames', 16),
        size=model['backbone'].get('img_size', 224),
        gmacs_per_clip=arithmetic,
        product_gflops=found['gflops'],
        sides=sides,
        machine=machine(device))
    if against:
        result['speedup'] = _ratio(found['seconds'], against)
        result['cpu_speedup'] = _ratio(found['cpu_seconds'], against)
    return result


def _ratio(seconds: Dict[str, List[float]], against: str) -> float:
    """Median over the rounds of the other side's time over ours."""
    return median(b / a for a, b in zip(seconds['ours'], seconds[against]))


def _arithmetic(task: str, model: dict, hidden_share: float,
                masks: int) -> Dict[str, float]:
    if task == 'pretrain':
        return {
            name: macs if name.startswith('teacher_') else macs * masks
            for name, macs in pretraining_gmacs(model, hidden_share).items()
        }
    backbone = dict(model['backbone'])
    if task == 'detect':
        patch = backbone.get('patch_size', 16)
        height = backbone.get('img_size', 224) * 256 // 224
        backbone['img_size'] = (-(-height // patch) * patch,
                                -(-height * 4 // 3 // patch) * patch)
    return recognition_gmacs(backbone, task == 'finetune')


def machine(device: str) -> Dict[str, Any]:
    """What figures were measured on."""
    name = platform.processor() or platform.machine()
    try:
        with open('/proc/cpuinfo') as file:
            name = next(
                line.split(':')[1].strip() for line in file
                if line.startswith('model name'))
    except (OSError, StopIteration):
        pass  # not Linux
    return dict(
        cpu=name,
        threads=torch.get_num_threads(),
        load=os.getloadavg()[0] if hasattr(os, 'getloadavg') else None,
        gpu=torch.cuda.get_device_name() if device == 'cuda' else None,
        torch=torch.__version__)


def _check(name: str, value: Optional[str], known: Sequence) -> None:
    if value not in known:
        raise ValueError(f'`{name}` must be one of {list(known)}, got '
                         f'{value!r}')

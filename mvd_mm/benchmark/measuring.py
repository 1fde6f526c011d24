"""Time, memory and the rate of products, of several sides in turn."""
import ctypes
import time
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any, Callable, Dict, Iterator, List, Optional

import torch
from torch import nn

from mvd_mm.utils import onednn

__all__ = ['Clock', 'measure', 'peak_memory', 'product_rates', 'synchronise']


def synchronise(device: str) -> None:
    """Wait until the device has done what it was asked for."""
    if device == 'cuda':
        torch.cuda.synchronize()


class Clock:
    """Seconds by part, on a GPU without a wait in between.

    Args:
        device (str): 'cpu' or 'cuda'.
    """

    def __init__(self, device: str) -> None:
        self.device = device
        self._spans: List[tuple] = []

    def now(self) -> Any:
        """A point in time, of the device."""
        if self.device == 'cuda':
            event = torch.cuda.Event(enable_timing=True)
            event.record()
            return event
        return time.perf_counter()

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Time what is done inside."""
        begin = self.now()
        yield
        self._spans.append((name, begin, self.now()))

    def watch(self, name: str, module: nn.Module) -> None:
        """Time the forward passes of a module."""
        begin: List[Any] = []

        def enter(*_: Any) -> None:
            begin.append(self.now())

        def leave(*_: Any) -> None:
            self._spans.append((name, begin.pop(), self.now()))

        module.register_forward_pre_hook(enter)
        module.register_forward_hook(leave)

    def take(self) -> Dict[str, float]:
        """Seconds of each part since the last call."""
        synchronise(self.device)
        parts: Dict[str, float] = {}
        for name, begin, end in self._spans:
            seconds = (
                begin.elapsed_time(end) /
                1e3 if self.device == 'cuda' else end - begin)
            parts[name] = parts.get(name, 0.) + seconds
        self._spans = []
        return parts


def peak_memory(step: Callable, device: str) -> Optional[float]:
    """MiB that a step needs on top of what is there before it.

    Returns:
        float or None: None on a CPU whose system does not say.
    """
    if device == 'cuda':
        torch.cuda.synchronize()
        before = torch.cuda.memory_allocated()
        torch.cuda.reset_peak_memory_stats()
        step()
        torch.cuda.synchronize()
        return (torch.cuda.max_memory_allocated() - before) / 2**20
    try:
        _return_freed_memory()
        Path('/proc/self/clear_refs').write_text('5')  # forgets the peak
        before = _status('VmRSS')
        step()
        return (_status('VmHWM') - before) / 2**10
    except OSError:
        step()
        return None


def _return_freed_memory() -> None:
    """Give back what earlier steps freed, or the next one needs no more."""
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (AttributeError, OSError, TypeError):
        pass  # not the GNU library


def _status(key: str) -> int:
    for line in Path('/proc/self/status').read_text().splitlines():
        if line.startswith(f'{key}:'):
            return int(line.split()[1])
    raise OSError(f'no {key} in /proc/self/status')


def product_rates(device: str, dtype: torch.dtype,
                  size: int) -> Dict[str, Callable[[], float]]:
    """Products of square matrices, whose rates are this machine's peak.

    Returns:
        dict: For each library a function that multiplies once and returns
        GFLOP/s.
    """
    left, right = (
        torch.randn(size, size, device=device, dtype=dtype) for _ in range(2))

    def timed(product: Callable) -> Callable[[], float]:

        def run() -> float:
            synchronise(device)
            begin = time.perf_counter()
            product()
            synchronise(device)
            return 2e-9 * size**3 / (time.perf_counter() - begin)

        return run

    products = {'torch.mm': timed(lambda: torch.mm(left, right))}
    if onednn.multiplies(left):
        products['oneDNN'] = timed(lambda: onednn.product(left, right))
    return products


def measure(sides: Dict[str, Callable], device: str, repeats: int,
            rates: Dict[str, Callable[[], float]]) -> Dict[str, Any]:
    """Run all sides in turn, round after round.

    A machine that others use as well slows all sides alike.

    Args:
        sides (dict): For each side a function that does one step.
        device (str): 'cpu' or 'cuda'.
        repeats (int): Rounds; one more, before, warms up.
        rates (dict): Of :func:`product_rates`, measured in each round.

    Returns:
        dict: ``seconds`` and ``cpu_seconds``, a list for each side, and
        ``gflops``, the median for each library.
    """
    seconds: Dict[str, List[float]] = {name: [] for name in sides}
    cpu: Dict[str, List[float]] = {name: [] for name in sides}
    found: Dict[str, List[float]] = {name: [] for name in rates}
    for turn in range(repeats + 1):
        for name, step in sides.items():
            synchronise(device)
            begin, begin_cpu = time.perf_counter(), time.process_time()
            step()
            synchronise(device)
            if turn:
                seconds[name].append(time.perf_counter() - begin)
                cpu[name].append(time.process_time() - begin_cpu)
        for name, rate in rates.items():
            value = rate()
            if turn:
                found[name].append(value)
    return dict(
        seconds=seconds,
        cpu_seconds=cpu,
        gflops={
            name: median(values)
            for name, values in found.items()
        })

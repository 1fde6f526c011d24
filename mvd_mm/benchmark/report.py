"""Figures of benchmarks as a table and as a picture."""
from typing import Any, Dict, List, Sequence

import numpy as np

__all__ = ['fitted_exponent', 'format_growth', 'format_report', 'save_plot']


def _number(value: Any, unit: str = '') -> str:
    return '-' if value is None else f'{value:.3g}{unit}'


def format_report(result: Dict[str, Any]) -> str:
    """Write one benchmark as lines of text.

    Args:
        result (dict): Of :func:`run_benchmark` or of the data benchmark.
    """
    if result['task'] == 'data':
        lines = [_row(row) for row in result['rows']]
    else:
        rates = ', '.join(f'{name} {value:.0f}'
                          for name, value in result['product_gflops'].items())
        lines = [
            f'{result["task"]}: batch {result["batch"]}{_masks(result)}, '
            f'{result["dtype"]}, '
            f'{result["frames"]} frames of {result["size"]} pixels, '
            f'{sum(result["gmacs_per_clip"].values()):.3g} GMAC a clip; '
            f'products {rates} GFLOP/s; {_where(result["machine"])}'
        ]
        lines += [_side(name, side) for name, side in result['sides'].items()]
    if 'speedup' in result:
        lines.append(f'{result["speedup"]:.2f}x the plain side; '
                     f'{result["cpu_speedup"]:.2f}x in processor time')
    return '\n'.join(lines)


def _row(row: Dict[str, Any]) -> str:
    sides = ', '.join(
        f'{name} {side["ms"]:.1f} ms ({side["cpu_ms"]:.1f} of processor time)'
        for name, side in row['sides'].items())
    ratio = ''
    if 'speedup' in row:
        ratio = (f'; {row["speedup"]:.2f}x the plain side, '
                 f'{row["cpu_speedup"]:.2f}x in processor time')
    return f'data, {row["what"]}: a sample takes {sides}{ratio}'


def _masks(result: Dict[str, Any]) -> str:
    number = result['masks']
    return f' x {number} masks' if number > 1 else ''


def _where(machine: Dict[str, Any]) -> str:
    return machine['gpu'] or (f'{machine["cpu"]}, {machine["threads"]} '
                              f'threads, load {_number(machine["load"])}')


def _side(name: str, side: Dict[str, Any]) -> str:
    parts = ', '.join(f'{part} {_number(seconds)}'
                      for part, seconds in side['part_seconds'].items())
    shares = ', '.join(f'{100 * share:.0f} % of {library}'
                       for library, share in side['share_of_peak'].items())
    return (f'  {name}: {_number(side["seconds"], " s")} a step '
            f'({_number(side["cpu_seconds"], " s")} of processor time), '
            f'{_number(side["clips_per_second"])} clips/s, {shares}; step '
            f'{_number(side["step_mib"], " MiB")}, weights '
            f'{_number(side["resident_mib"], " MiB")}\n    {parts}')


def fitted_exponent(sizes: Sequence[float], seconds: Sequence[float]) -> float:
    """Slope of the logarithm of time over that of size, least squares.

    Args:
        sizes (Sequence[float]): Of any unit.
        seconds (Sequence[float]): Seconds, one number for each size.

    Returns:
        float: 1 where time grows in proportion, 2 with the square.

    Raises:
        ValueError: If there are fewer than two sizes.
    """
    if len(set(sizes)) < 2:
        raise ValueError(f'`sizes` must differ, got {list(sizes)}')
    return float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])


def format_growth(results: Sequence[Dict[str, Any]], name: str) -> str:
    """Say how time grows with a size, and how the arithmetic does.

    Args:
        results (Sequence[dict]): Of :func:`run_benchmark`.
        name (str): 'batch', 'masks', 'frames' or 'size'.
    """
    sizes = [result[name] for result in results]
    work = [r['batch'] * sum(r['gmacs_per_clip'].values()) for r in results]
    grown = [
        f'{side} {fitted_exponent(sizes, seconds):.2f}'
        for side, seconds in ((side,
                               [r['sides'][side]['seconds'] for r in results])
                              for side in results[0]['sides'])
    ]
    return (f'exponent of the time over {name}: {", ".join(grown)}; of the '
            f'arithmetic {fitted_exponent(sizes, work):.2f}')


def save_plot(results: Sequence[Dict[str, Any]], path: str) -> None:
    """Draw the time of each part, side by side, for each benchmark.

    Args:
        results (list[dict]): Of :func:`run_benchmark`.
        path (str): Of the picture.
    """
    # start-up time: only pictures need it
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    figure = Figure(figsize=(2 + 1.4 * len(results), 4), layout='tight')
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    labels: List[str] = []
    parts = list(
        dict.fromkeys(part for result in results
                      for side in result['sides'].values()
                      for part in side['part_seconds']))
    bars = [(result, name) for result in results for name in result['sides']]
    for place, (result, name) in enumerate(bars):
        side = result['sides'][name]
        bottom = 0.
        for index, part in enumerate(parts):
            value = side['part_seconds'].get(part, 0.)
            axes.bar(place, value, bottom=bottom, color=f'C{index}')
            bottom += value
        rest = max(0., side['seconds'] - bottom)
        axes.bar(place, rest, bottom=bottom, color='lightgrey')
        labels.append(
            f'{name}\n{result["task"]} {result["batch"]}{_masks(result)}\n'
            f'{result["dtype"]}')
    for index, part in enumerate(parts):
        axes.bar(0, 0, color=f'C{index}', label=part)
    axes.bar(0, 0, color='lightgrey', label='other')
    axes.set_xticks(range(len(labels)), labels, fontsize=8)
    axes.set_ylabel('seconds per step')
    axes.legend(fontsize=8)
    figure.savefig(path)

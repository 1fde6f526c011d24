"""What a pre-training costs, from the arithmetic of a step.

A model, not a measurement: its assumptions are the fields of
:class:`Cluster`, and every one of them can be changed.
"""
from typing import Dict, List, NamedTuple, Tuple

__all__ = [
    'Cluster', 'Costs', 'GPUS', 'Recipe', 'RECIPES', 'costs', 'format_cores',
    'format_costs'
]

MIB = 2**20
GIB = 2**30


class Recipe(NamedTuple):
    """A published pre-training on Kinetics-400.

    GMAC are of one clip of 16 frames at 224 pixels; ``learning`` is student
    and decoders, forward and backward (three times forward), ``teachers``
    their forward pass.
    """

    teachers: float
    learning: float
    parameters: float  # that learn, millions
    teacher_parameters: float  # millions
    batch_size: int  # clips per GPU
    accumulation: int
    epochs: int
    recomputes: bool  # activation checkpointing


#: student <- teachers
RECIPES: Dict[str, Recipe] = {
    'S <- B': Recipe(180 + 141, 14 + 59, 29.9, 172, 16, 2, 400, False),
    'B <- B': Recipe(180 + 141, 48 + 184, 116.9, 172, 16, 2, 400, False),
    'B <- L': Recipe(597 + 492, 48 + 184, 116.9, 607, 8, 4, 400, False),
    'L <- L': Recipe(597 + 492, 156 + 184, 331.2, 607, 8, 2, 800, True),
    'H <- H': Recipe(1191 + 1018, 317 + 529, 713.7, 1263, 8, 2, 800, True),
}


class Cluster(NamedTuple):
    """Assumptions about machines and data."""

    gpus: int = 32
    gpus_per_node: int = 8
    peak: float = 312.  # TFLOP/s of a GPU in 16 bits: A100
    utilisation: float = 0.35  # of the peak, within a step
    nic: float = 12.5  # GB/s of a node: one 100 Gb/s card
    nvlink: float = 200.  # GB/s between the GPUs of a node
    bucket: float = 25 * MIB  # gradients that are exchanged together: DDP
    clips: int = 240436  # an epoch of Kinetics-400
    decode: float = 0.062  # core seconds per clip: open, decode, transform
    decode_copy: float = 0.025  # the same of a copy of shrink_videos.py
    file_size: float = 1.  # MB per video of 340 x 256


#: dense TFLOP/s in 16 bits, of the data sheets
GPUS: Dict[str, float] = {
    'V100': 125.,
    'L4': 121.,
    'RTX 4090': 165.,
    'A100': 312.,
    'H100, H200': 989.,
}


class Costs(NamedTuple):
    """Of one GPU and one update, and of the run."""

    compute: float  # seconds per update
    exchange: float  # seconds per update, if nothing overlaps
    exposed: float  # seconds per update that computing does not hide
    fsdp_exchange: float  # seconds per update, likewise
    fsdp_exposed: float
    memory: float  # GiB per GPU without activations
    fsdp_memory: float
    clips_per_second: float  # of the whole run
    cores: float  # per GPU that decode this fast
    reading: float  # MB/s of the whole run
    days: float
    gpu_hours: float


def costs(recipe: Recipe, cluster: Cluster) -> Costs:
    """Compute the costs of a recipe on a cluster.

    The total batch stays that of 32 GPUs: with fewer GPUs more batches are
    accumulated, with more of them fewer; at most 32 x accumulation GPUs keep
    the batch per GPU, beyond that it shrinks.

    Raises:
        ValueError: If the GPUs do not fill nodes or the batch is smaller than
            their number.
    """
    if cluster.gpus > cluster.gpus_per_node and (cluster.gpus %
                                                 cluster.gpus_per_node):
        raise ValueError(f'`gpus` must fill nodes of {cluster.gpus_per_node}, '
                         f'got {cluster.gpus}')
    total = 32 * recipe.batch_size * recipe.accumulation
    if cluster.gpus > total:
        raise ValueError(f'`gpus` is {cluster.gpus}, the total batch {total}')
    clips = total / cluster.gpus  # per GPU and update
    passes = max(1., clips / recipe.batch_size)
    again, work, per_clip = _compute(recipe, cluster)
    compute = clips * per_clip
    size = recipe.parameters * 1e6 * 4  # gradients and weights in float32
    once = size * _share(cluster)  # each way: reduce-scatter or all-gather
    exchange = 2 * once
    # the exchange begins within the last backward pass; its last bucket ends
    # after it
    last = clips / passes * per_clip * (recipe.learning * 2 / 3 + again) / work
    tail = min(1., cluster.bucket / size) * exchange
    exposed = max(tail, exchange - last)
    # weights are gathered for each forward and each backward pass; the
    # gradients are exchanged once
    fsdp = (2 * passes + 1) * once
    hidden = compute * (recipe.learning + again) / work
    fsdp_exposed = max(tail, fsdp - hidden)
    rate = total / (compute + exposed)
    seconds = recipe.epochs * cluster.clips / rate
    state = recipe.parameters * 1e6 * 16 / GIB  # weight, gradient, two moments
    teachers = recipe.teacher_parameters * 1e6 * 4 / GIB
    return Costs(compute, exchange, exposed, fsdp, fsdp_exposed,
                 state + teachers, state / cluster.gpus + teachers, rate,
                 rate / cluster.gpus * cluster.decode,
                 rate * cluster.file_size, seconds / 86400,
                 seconds / 3600 * cluster.gpus)


def _compute(recipe: Recipe, cluster: Cluster) -> Tuple[float, float, float]:
    """GMAC of what is computed again, and of all; seconds of a clip."""
    again = recipe.learning / 3 if recipe.recomputes else 0.
    work = recipe.teachers + recipe.learning + again
    return again, work, 2e9 * work / (
        cluster.peak * 1e12 * cluster.utilisation)


def _share(cluster: Cluster) -> float:
    """Seconds per byte of a ring's reduce-scatter, or of its all-gather."""
    nodes = max(1, cluster.gpus // cluster.gpus_per_node)
    if nodes == 1:
        return (1 - 1 / cluster.gpus) / (cluster.nvlink * 1e9)
    return (1 - 1 / cluster.gpus) / (cluster.nic * 1e9)


def format_costs(gpus: List[int], cluster: Cluster = Cluster()) -> str:
    """Write the tables of docs/scaling.md."""
    steps = [
        '| student <- teachers | GPUs | computing, s | exchange, s | not '
        'hidden | with FSDP, s | not hidden | memory, GiB | with FSDP |',
        '| --- ' * 9 + '|'
    ]
    runs = [
        '| student <- teachers | GPUs | clips/s | cores per GPU | reading, '
        'MB/s | days | GPU hours |', '| --- ' * 7 + '|'
    ]
    for name, recipe in RECIPES.items():
        for number in gpus:
            c = costs(recipe, cluster._replace(gpus=number))
            steps.append(
                f'| {name} | {number} | {c.compute:.2f} | {c.exchange:.3f} | '
                f'{c.exposed:.3f} | {c.fsdp_exchange:.3f} | '
                f'{c.fsdp_exposed:.3f} | {c.memory:.1f} | '
                f'{c.fsdp_memory:.1f} |')
            runs.append(f'| {name} | {number} | {c.clips_per_second:.0f} | '
                        f'{c.cores:.1f} | {c.reading:.0f} | {c.days:.1f} | '
                        f'{c.gpu_hours:.0f} |')
    return '\n'.join([*steps, '', *runs])


def format_cores(cluster: Cluster = Cluster()) -> str:
    """Write the table of docs/benchmarks.md: cores that a GPU needs."""
    lines = [
        '| GPU | TFLOP/s | ' + ' | '.join(RECIPES) + ' |',
        '| --- ' * (2 + len(RECIPES)) + '|'
    ]
    for name, peak in GPUS.items():
        kind = cluster._replace(peak=peak)
        cells = []
        for recipe in RECIPES.values():
            rate = 1 / _compute(recipe, kind)[2]
            cells.append(f'{rate * cluster.decode:.1f} / '
                         f'{rate * cluster.decode_copy:.1f}')
        lines.append(f'| {name} | {peak:.0f} | ' + ' | '.join(cells) + ' |')
    return '\n'.join(lines)

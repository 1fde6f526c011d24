"""Estimate time, network and storage of a published pre-training.

    python tools/analysis_tools/estimate_costs.py [--gpus 8 32 128]
        [--peak TFLOPS] [--utilisation SHARE] [--nic GB/S] ...

The tables of docs/scaling.md, and that of the cores in docs/benchmarks.md,
with other assumptions where they are given.
Nothing is measured: it is the arithmetic of a step.
"""
import argparse
import runpy
from pathlib import Path

runpy.run_path(str(Path(__file__).resolve().parents[1] / '_clone.py'))

from mvd_mm.apis import run_costs  # noqa: E402


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--gpus', type=int, nargs='+', default=[8, 32, 128])
    for name, value in run_costs.Cluster._field_defaults.items():
        if name != 'gpus':
            parser.add_argument(
                '--' + name.replace('_', '-'),
                type=type(value),
                default=value,
                help=f'default {value:g}')
    return parser.parse_args()


def main() -> None:
    """Print the tables."""
    args = vars(parse_args())
    gpus = args.pop('gpus')
    cluster = run_costs.Cluster(**args)
    print(run_costs.format_costs(gpus, cluster))
    print()
    print(run_costs.format_cores(cluster))


if __name__ == '__main__':
    main()

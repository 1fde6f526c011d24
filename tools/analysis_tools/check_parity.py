"""Compare this implementation with numbers of the published one.

    python tools/analysis_tools/check_parity.py CASE.npz [CASE.npz ...]

Each case is ``NAME.npz`` with weights under their published names, inputs and
outputs, and ``NAME.json`` beside it with the sizes and options of the model: a
distillation, a classifier, or stage 1 of MAE or VideoMAE.
The model is built through the registry, the weights are loaded strictly, and
the largest relative difference of every feature, prediction, loss and gradient
is printed. The exit status is 1 if one is above the tolerance.
"""
import argparse
import runpy
from pathlib import Path

runpy.run_path(str(Path(__file__).resolve().parents[1] / '_clone.py'))

from mvd_mm.apis.parity import check_case  # noqa: E402
from mvd_mm.utils.user_errors import run_command  # noqa: E402


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('cases', nargs='+', type=Path, metavar='CASE.npz')
    parser.add_argument(
        '--tolerance',
        type=float,
        default=1e-5,
        help='largest relative difference of outputs and losses')
    parser.add_argument(
        '--gradient-tolerance',
        type=float,
        default=1e-4,
        help='largest relative difference of gradients')
    return parser.parse_args()


def main() -> int:
    """Compare all cases; the exit status."""
    args = parse_args()
    limits = {True: args.gradient_tolerance, False: args.tolerance}
    faults = {str(path): check_case(path, limits) for path in args.cases}
    bad = [path for path, count in faults.items() if count]
    if bad:
        print(f'{len(bad)} of {len(faults)} cases FAILED, '
              f'{sum(faults.values())} faults: {", ".join(bad)}')
    else:
        print(f'{len(faults)} cases, all within {args.tolerance:g} (gradients '
              f'{args.gradient_tolerance:g})')
    return int(bool(bad))


if __name__ == '__main__':
    run_command(main)

"""Draw loss, learning rate and a metric of several runs in one picture.

    python tools/visualizations/plot_curves.py NAME=WORK_DIR NAME=WORK_DIR \\
        --out FILE.png

A csv file of tools/analysis_tools/log_to_csv.py stands for a run as well.
Interrupted and resumed runs are joined. From Python:
``mvd_mm.visualization.run_curves.save_run_curves``.
"""
import argparse
import runpy
from pathlib import Path

runpy.run_path(str(Path(__file__).resolve().parents[1] / '_clone.py'))

from mvd_mm.utils.example_parser import ExampleParser  # noqa: E402
from mvd_mm.visualization.run_curves import save_run_curves  # noqa: E402


def named(text: str) -> tuple:
    name, equals, folder = text.partition('=')
    return (name, folder) if equals else (Path(text).stem, text)


def parse_args(args=None) -> argparse.Namespace:
    parser = ExampleParser(__doc__)
    parser.add_argument(
        'runs', nargs='+', type=named, metavar='[NAME=]WORK_DIR|CSV')
    parser.add_argument('--out', type=Path, required=True)
    parser.add_argument('--metric', default='acc/top1')
    return parser.parse_args(args)


def main(args=None) -> None:
    args = parse_args(args)
    runs = dict(args.runs)
    try:
        if len(runs) < len(args.runs):
            raise ValueError('two runs have the same name: write '
                             'NAME=WORK_DIR for them')
        save_run_curves(runs, args.out, args.metric)
    except (FileNotFoundError, ValueError) as error:
        raise SystemExit(f'error: {error}')
    print(args.out)


if __name__ == '__main__':
    main()

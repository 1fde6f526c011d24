"""Write the curves of runs as small csv files, to be kept and compared with.

    python tools/analysis_tools/log_to_csv.py NAME=WORK_DIR NAME=WORK_DIR \\
        --out DIR

writes DIR/NAME.csv: losses, learning rate and norm of the gradient by
iteration, metrics by epoch. tools/visualizations/plot_curves.py draws them
beside other runs. From Python:
``mvd_mm.visualization.log_tables.save_log_table``.
"""
import argparse
import runpy
from pathlib import Path

runpy.run_path(str(Path(__file__).resolve().parents[1] / '_clone.py'))

from mvd_mm.utils.example_parser import ExampleParser  # noqa: E402
from mvd_mm.visualization.log_tables import save_log_table  # noqa: E402


def named(text: str) -> tuple:
    name, equals, folder = text.partition('=')
    return (name, folder) if equals else (Path(text).name, text)


def parse_args(args=None) -> argparse.Namespace:
    parser = ExampleParser(__doc__)
    parser.add_argument(
        'runs', nargs='+', type=named, metavar='[NAME=]WORK_DIR')
    parser.add_argument('--out', type=Path, required=True, metavar='DIR')
    parser.add_argument(
        '--most', type=int, default=100, help='points of a curve')
    parser.add_argument(
        '--overwrite', action='store_true', help='replace files')
    return parser.parse_args(args)


def main(args=None) -> None:
    args = parse_args(args)
    try:
        paths = {name: args.out / f'{name}.csv' for name, _ in args.runs}
        if len(paths) < len(args.runs):
            raise ValueError('two runs have the same name: write '
                             'NAME=WORK_DIR for them')
        there = [str(path) for path in paths.values() if path.exists()]
        if there and not args.overwrite:
            raise ValueError(f'{there} exist; `--overwrite` replaces them')
        for name, work_dir in args.runs:
            lines = save_log_table(work_dir, paths[name], args.most)
            print(f'{lines} lines: {paths[name]}')
    except (FileNotFoundError, ValueError) as error:
        raise SystemExit(f'error: {error}')


if __name__ == '__main__':
    main()

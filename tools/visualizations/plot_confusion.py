"""Draw which classes a test took for which.

    python tools/visualizations/plot_confusion.py scores.pkl --out FILE.png \\
        --classes data/own/classes.txt

``scores.pkl`` is what ``tools/test.py --dump`` wrote. From Python:
``mvd_mm.visualization.confusion``.
"""
import argparse
import runpy
from pathlib import Path

runpy.run_path(str(Path(__file__).resolve().parents[1] / '_clone.py'))

from mvd_mm.datasets.class_names import read_class_names  # noqa: E402
from mvd_mm.utils.example_parser import ExampleParser  # noqa: E402
from mvd_mm.visualization import confusion  # noqa: E402


def parse_args(args=None) -> argparse.Namespace:
    parser = ExampleParser(__doc__)
    parser.add_argument('dump', type=Path)
    parser.add_argument('--out', type=Path, required=True)
    parser.add_argument(
        '--classes', type=Path, help='names of the classes, one a line')
    parser.add_argument('--title', default='')
    return parser.parse_args(args)


def main(args=None) -> None:
    args = parse_args(args)
    try:
        counts = confusion.confusion_of(args.dump)
        names = ([str(label) for label in range(len(counts))]
                 if args.classes is None else read_class_names(args.classes))
        confusion.save_confusion(counts, args.out, names, args.title
                                 or args.dump.name)
    except (FileNotFoundError, ValueError) as error:
        raise SystemExit(f'error: {error}')
    for row, column in confusion.most_confused(counts, 5):
        print(f'{names[row]} taken for {names[column]}: '
              f'{counts[row, column]} of {counts[row].sum()}')
    print(args.out)


if __name__ == '__main__':
    main()

"""Measure what a pre-trained student and its teachers know.

    python tools/analysis_tools/evaluate_pretraining.py CONFIG CHECKPOINT \\
        --val-ann-file data/motion_shapes/val.txt

Prints the linear-probe and nearest-neighbour accuracy of frozen features on
held-out clips, and the share of the teachers' variance that the student
predicts at hidden tokens there.
"""
import argparse
import json
import runpy
from pathlib import Path

from mmengine.config import DictAction

runpy.run_path(str(Path(__file__).resolve().parents[1] / '_clone.py'))

from mvd_mm.apis import evaluate, format_table  # noqa: E402
from mvd_mm.apis.config_variables import merged_config  # noqa: E402
from mvd_mm.utils.user_errors import run_command  # noqa: E402


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('config', help='config of the pre-training')
    parser.add_argument('checkpoint', help='checkpoint of the student')
    parser.add_argument(
        '--val-ann-file', required=True, help='list of held-out videos')
    parser.add_argument(
        '--seed', type=int, default=0, help='seed of the masks')
    parser.add_argument('--out', help='also write the figures here, as JSON')
    parser.add_argument(
        '--cfg-options',
        nargs='+',
        action=DictAction,
        metavar='KEY=VALUE',
        help='override keys of the config')
    return parser.parse_args()


def main() -> None:
    """Evaluate, print, and write if asked to."""
    args = parse_args()
    cfg = merged_config(args.config, args.cfg_options)
    results = evaluate(cfg, args.checkpoint, args.val_ann_file, args.seed)
    print(format_table(results))
    if args.out:
        with open(args.out, 'w') as file:
            json.dump(results, file, indent=2)


if __name__ == '__main__':
    run_command(main)

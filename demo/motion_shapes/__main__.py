"""Render the video set that the quickstart trains on.

    python -m demo.motion_shapes --out data/motion_shapes

A second call with the same parameters finds the videos and does nothing; an
interrupted one is completed. See the README beside this file.
"""
import argparse
from pathlib import Path

from ..rendered_set import parse_size
from .render import render
from .settings import SETTINGS, describe
from .sheet import write_sheet


def main(args=None) -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(
        prog='python -m demo.motion_shapes',
        description='Render the motion_shapes video set.')
    parser.add_argument('--out', type=Path, required=True)
    parser.add_argument('--setting', choices=SETTINGS, default='easy')
    parser.add_argument('--size', type=parse_size, metavar='WIDTHxHEIGHT')
    parser.add_argument('--num-frames', type=int, help='of each clip')
    parser.add_argument('--num-train', type=int)
    parser.add_argument('--num-val', type=int)
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--workers', type=int, help='default: every core')
    parser.add_argument(
        '--sheet', type=Path, help='also write a PNG of some frames here')
    options = vars(parser.parse_args(args))
    out, workers, sheet = (options.pop(k) for k in ('out', 'workers', 'sheet'))
    try:
        done = render(out, describe(**options), workers)
    except ValueError as error:
        raise SystemExit(f'error: {error}')
    print(f'{done} videos rendered to {out}'
          if done else f'{out} is complete, nothing to do')
    if sheet is not None:
        write_sheet(out, sheet)
        print(f'wrote {sheet}')


if __name__ == '__main__':
    main()

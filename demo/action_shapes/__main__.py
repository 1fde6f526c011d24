"""Render an AVA-style set: several actors a scene, several actions an actor.

    python -m demo.action_shapes --out data/action_shapes

A second call with the same parameters finds the set and does nothing; an
interrupted one is completed. See the README beside this file.
"""
import argparse
from pathlib import Path

from ..rendered_set import parse_size
from .parameters import describe
from .render import render


def main(args=None) -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(
        prog='python -m demo.action_shapes',
        description='Render the action_shapes set.')
    parser.add_argument('--out', type=Path, required=True)
    parser.add_argument(
        '--size', type=parse_size, metavar='WIDTHxHEIGHT', default=(96, 64))
    parser.add_argument('--num-train', type=int, default=480)
    parser.add_argument('--num-val', type=int, default=120)
    parser.add_argument('--max-actors', type=int, default=3)
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--workers', type=int, help='default: every core')
    options = vars(parser.parse_args(args))
    out, workers = options.pop('out'), options.pop('workers')
    try:
        done = render(out, describe(**options), workers)
    except ValueError as error:
        raise SystemExit(f'error: {error}')
    print(f'{done} videos with annotations in {out}'
          if done else f'{out} is complete, nothing to do')


if __name__ == '__main__':
    main()

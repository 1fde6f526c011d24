"""Measure speed and memory, beside the same work on MMAction2's own blocks.

    python tools/analysis_tools/benchmark.py pretrain CONFIG --batch 1 2 \\
        --against plain --out benchmark.json --plot benchmark.png
    python tools/analysis_tools/benchmark.py data CONFIG --videos DIR \\
        --against plain --samples 1 4
    python tools/analysis_tools/benchmark.py reading CONFIG --videos DIR

CONFIG is of a pre-training, a recognition or a detection; no data is needed
but for `data`, which measures the loader, and `reading`, which measures copies
with key frames at several distances. Several batches, lengths or sizes are
measured one after the other. Shares of the peak are of products of matrices in
the same run.
"""
import argparse
import json
import runpy
from itertools import product
from pathlib import Path
from typing import List

import torch
from mmengine.config import DictAction

runpy.run_path(str(Path(__file__).resolve().parents[1] / '_clone.py'))

from mvd_mm import benchmark  # noqa: E402
from mvd_mm.apis.config_variables import merged_config  # noqa: E402
from mvd_mm.datasets.video_files import find_videos  # noqa: E402


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('task', choices=[*benchmark.TASKS, 'data', 'reading'])
    parser.add_argument('config', help='config of the model or of the data')
    parser.add_argument(
        '--batch', type=int, nargs='+', default=[1], help='clips of a step')
    parser.add_argument(
        '--masks',
        type=int,
        nargs='+',
        default=[1],
        help='of a clip in pre-training, which share a pass of the teachers')
    parser.add_argument(
        '--frames', type=int, nargs='+', default=[None], help='of a clip')
    parser.add_argument(
        '--size',
        type=int,
        nargs='+',
        default=[None],
        help='height and width in pixels')
    parser.add_argument(
        '--dtype',
        nargs='+',
        choices=['fp32', 'bf16', 'fp16'],
        default=['fp32'],
        help='precision, of autocast')
    parser.add_argument(
        '--device', choices=['cpu', 'cuda'], default='cpu', help='where')
    parser.add_argument(
        '--threads', type=int, help='of a CPU; default: all cores')
    parser.add_argument(
        '--repeats', type=int, default=5, help='rounds; medians are printed')
    parser.add_argument(
        '--against',
        choices=['plain'],
        help="in turn with the same work on MMAction2's own blocks")
    parser.add_argument(
        '--compile', action='store_true', help='compile our blocks')
    parser.add_argument(
        '--product-size',
        type=int,
        default=2048,
        help='rows and columns of the product that gives the peak')
    parser.add_argument(
        '--videos',
        nargs='+',
        help='files, or folders with files, for `data` and `reading`')
    parser.add_argument(
        '--samples',
        type=int,
        nargs='+',
        default=[1],
        help='of each decoded video, for `data`')
    parser.add_argument(
        '--keyframes',
        type=int,
        nargs='+',
        default=[250, 12, 4, 1],
        help='frames from one key frame to the next, for `reading`')
    parser.add_argument(
        '--crf', type=int, default=18, help='quality, for `reading`')
    parser.add_argument('--out', help='write all figures here, as JSON')
    parser.add_argument('--plot', help='draw the time by part here')
    parser.add_argument(
        '--cfg-options',
        nargs='+',
        action=DictAction,
        metavar='KEY=VALUE',
        help='override keys of the config')
    args = parser.parse_args()
    if args.task in ('data', 'reading') and not args.videos:
        parser.error(f'{args.task}: name some videos with --videos')
    return args


def _files(names: List[str]) -> List[str]:
    """Files, and those in folders."""
    files: List[str] = []
    for name in names:
        path = Path(name)
        found = find_videos(path) if path.is_dir() else None
        files += [name] if found is None else [
            str(path / video) for video in found
        ]
    return files


def main() -> None:
    """Measure, print, and write if asked to."""
    args = parse_args()
    cfg = merged_config(args.config, args.cfg_options)
    if args.threads:
        torch.set_num_threads(args.threads)
    results = []
    if args.task == 'data':
        results.append(
            benchmark.run_data_benchmark(cfg.train_pipeline,
                                         _files(args.videos), args.repeats,
                                         args.against, args.samples))
        print(benchmark.format_report(results[0]))
    elif args.task == 'reading':
        results.append(
            benchmark.run_reading_benchmark(
                cfg.train_pipeline,
                _files(args.videos),
                args.keyframes,
                crf=args.crf,
                repeats=args.repeats))
        print(benchmark.format_reading(results[0]))
    else:
        for dtype, frames, size, masks, batch in product(
                args.dtype, args.frames, args.size, args.masks, args.batch):
            results.append(
                benchmark.run_benchmark(
                    args.task,
                    cfg.model,
                    batch,
                    dtype,
                    args.device,
                    args.repeats,
                    args.against,
                    args.compile,
                    frames,
                    size,
                    masks=masks,
                    product_size=args.product_size))
            print(benchmark.format_report(results[-1]), flush=True)
        for name in ('batch', 'masks', 'frames', 'size'):
            sizes = [result[name] for result in results]
            if len(set(sizes)) > 1:
                print(benchmark.format_growth(results, name))
        if args.plot:
            benchmark.save_plot(results, args.plot)
    if args.out:
        Path(args.out).write_text(json.dumps(results, indent=2) + '\n')


if __name__ == '__main__':
    main()

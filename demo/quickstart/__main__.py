"""Train two teachers and an MVD student on small videos, and show the result.

    python -m demo.quickstart --help

``tools/quickstart.sh`` calls it after it has set the environment up.
"""
import argparse
import shlex
import time
from pathlib import Path
from typing import Tuple

from .arguments import begin, check_args, parse_args, resume
from .clock import clock_time


def run(options: argparse.Namespace, work_dir: Path) -> Tuple[str, Path]:
    """Run the task; return its table and the path of its report."""
    if options.task == 'detection':
        # start-up time: refused options are told before torch is imported;
        # besides, mmdet is an optional package
        from .detection import detect
        return detect(options.student, options.smoke, options.seed, work_dir)
    # start-up time, as above
    from .recognition import recognise
    return recognise(options.videos, options.mini, options.ablation,
                     options.smoke, options.seed, work_dir)


def main(args=None) -> None:
    """Run the command."""
    options = parse_args(args)
    start = time.monotonic()
    if options.resume:
        work_dir = resume(options)
        report = work_dir / 'report' / 'report.md'  # written last
        if report.is_file():
            print(f'the run in {work_dir} is finished, its report is {report}')
            return
        check_args(options)
        print(f'MVD quickstart, going on in {work_dir}')
    else:
        check_args(options)
        work_dir = begin(options)
        print(f'MVD quickstart, all files go to {work_dir}')
    try:
        table, path = run(options, work_dir)
    except BaseException as error:
        print(
            '\nThe run is not finished. To go on with it, once what stopped '
            f'it is dealt with:\n  bash tools/quickstart.sh --resume '
            f'--work-dir {shlex.quote(str(work_dir))}',
            flush=True)
        if isinstance(error, KeyboardInterrupt):
            raise SystemExit(130)
        raise
    print(f'\n{table}\n\nreport: {path}\n'
          f'took {clock_time(time.monotonic() - start)}')


if __name__ == '__main__':
    main()

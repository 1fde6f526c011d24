"""Train two teachers and an MVD student on small videos, and show the result.

    python -m demo.quickstart --help

``tools/quickstart.sh`` calls it after it has set the environment up.
"""
import time

from .arguments import check_args, new_work_dir, parse_args
from .clock import clock_time


def main(args=None) -> None:
    """Run the command."""
    options = parse_args(args)
    begin = time.monotonic()
    check_args(options)
    work_dir = new_work_dir(options.work_dir)
    print(f'MVD quickstart, all files go to {work_dir}')
    if options.task == 'detection':
        # start-up time: refused options are told before torch is imported;
        # besides, mmdet is an optional package
        from .detection import detect
        table, path = detect(options.student, options.smoke, options.seed,
                             work_dir)
    else:
        # start-up time, as above
        from .recognition import recognise
        table, path = recognise(options.videos, options.mini, options.ablation,
                                options.smoke, options.seed, work_dir)
    print(f'\n{table}\n\nreport: {path}\n'
          f'took {clock_time(time.monotonic() - begin)}')


if __name__ == '__main__':
    main()

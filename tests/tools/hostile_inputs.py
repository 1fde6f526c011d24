"""Call the commands with hostile inputs, and say how each call ended.

    python -m tests.tools.hostile_inputs [--number 500] [--seed 0] [--show N]

Each input runs in a process of its own, forked from one that has imported
everything, with a limit of time and memory. It may end in success, in a video
that was skipped and counted, or in one line that names what is wrong. All
else is listed: hangs, tracebacks, errors that do not name the input, and
success with an input that must not succeed.
"""
import argparse
import collections
import io
import os
import random
import re
import resource
import runpy
import signal
import sys
import tempfile
import time
import traceback
from contextlib import redirect_stdout
from itertools import cycle, islice
from pathlib import Path
from typing import Dict, Iterator, List, NamedTuple

import torch
from mmengine.config import Config
from mmengine.registry import Registry

import mvd_mm.apis  # the work-arounds, before mmaction
import mvd_mm.conversion
import mvd_mm.datasets
import mvd_mm.engine
import mvd_mm.visualization

import mmaction.registry  # isort:skip
from tests.tools import hostile_cases
from tests.tools.hostile_cases import ROOT, Case, Stage

KINDS = ('lists', 'sections', 'configs', 'checkpoints', 'others', 'misspelt',
         'values', 'videos')
TIME_LIMIT = 90.  # seconds
MEMORY = 12 * 2**30
FINE = ('success', 'skipped', 'clear error')
_ERROR = re.compile(r'^(\w+: .{20,}|[\w.]+: error: .+|\w+\.py: .+)',
                    re.MULTILINE)


class Outcome(NamedTuple):
    """How a call ended, and what it wrote."""

    case: Case
    kind: str
    text: str
    seconds: float


def warm_up() -> None:
    """Import what the commands need, before processes are forked."""
    torch.set_num_threads(1)
    for module in (mvd_mm.registry, mmaction.registry):
        for registry in vars(module).values():
            # that of functions names a module that does not exist
            if isinstance(registry, Registry) and registry.name != 'function':
                registry.import_from_location()


def run(case: Case, log: Path, limit: float = TIME_LIMIT) -> Outcome:
    """Run a case in a forked process."""
    begin = time.monotonic()
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        os.setsid()
        _in_child(case, log)
    status = None
    while status is None and time.monotonic() - begin < limit:
        found, state = os.waitpid(pid, os.WNOHANG)
        if found:
            status = state
        else:
            time.sleep(0.01)
    if status is None:
        os.killpg(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    text = log.read_bytes().decode(errors='replace')
    return Outcome(case, _judge(case, status, text), text,
                   time.monotonic() - begin)


def _in_child(case: Case, log: Path) -> None:
    code = 70
    try:
        file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(file, 1)
        os.dup2(file, 2)
        # a test runner has put others in their place
        sys.stdout = open(1, 'w', closefd=False)
        sys.stderr = open(2, 'w', closefd=False)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        os.chdir(log.parent)
        tool = ROOT / case.command[0]
        sys.argv = [str(tool), *case.command[1:]]
        sys.path.insert(0, str(tool.parent))
        runpy.run_path(str(tool), run_name='__main__')
        code = 0
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
        code = end.code if isinstance(end.code, int) else int(
            end.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _judge(case: Case, status: object, text: str) -> str:
    if status is None:
        return 'HANG'
    if not os.WIFEXITED(status):  # type: ignore[arg-type]
        return f'SIGNAL {os.WTERMSIG(status)}'  # type: ignore[arg-type]
    code = os.waitstatus_to_exitcode(status)  # type: ignore[arg-type]
    if code == 0:
        if case.wrong:
            return 'SILENT'
        return 'skipped' if 'skipped ' in text else 'success'
    if 'Traceback' in text:
        return 'TRACEBACK'
    last = _ERROR.findall(text)
    if not last:
        return 'NO MESSAGE'
    told = text[text.rindex(last[-1]):]
    if not any(needle and needle in told for needle in case.needles):
        return 'UNNAMED'
    return 'clear error'


def draw(stage: Stage, number: int, seed: int) -> Iterator[Case]:
    """Draw cases, in turn of each kind until it has no more."""
    sources = [
        getattr(hostile_cases, kind)(stage, random.Random(f'{seed} {kind}'))
        for kind in KINDS
    ]
    turns = cycle(sources)
    done: List[int] = []

    def each() -> Iterator[Case]:
        while len(done) < len(sources):
            source = next(turns)
            case = next(source, None)
            if case is None:
                if id(source) not in done:
                    done.append(id(source))
            else:
                yield case

    return islice(each(), number)


def prepare(folder: Path) -> Stage:
    """Write the good files, and train the good weights."""
    warm_up()
    with redirect_stdout(io.StringIO()):
        stage = Stage(folder)
    for config in stage.configs.values():  # finds the classes that it names
        mvd_mm.apis.check_config(Config.fromfile(config))
    command = stage.train()
    command[command.index('--work-dir') + 1] = str(folder / 'good')
    good = run(Case('good', command, []), folder / 'log', 300)
    if good.kind != 'success':
        raise RuntimeError(good.text[-3000:])
    return stage


def try_all(number: int,
            seed: int,
            folder: Path,
            part: int = 0,
            parts: int = 1) -> List[Outcome]:
    """Run every ``parts``-th case; print what ends as it may not."""
    stage = prepare(folder)
    outcomes = []
    for index, case in enumerate(draw(stage, number, seed)):
        if index % parts != part:
            continue
        outcome = run(case, folder / 'log')
        outcomes.append(outcome)
        ran = folder / 'RAN'
        if ran.exists():
            ran.unlink()
            outcome = outcome._replace(kind='EXECUTED')
            outcomes[-1] = outcome
        if outcome.kind not in FINE:
            print(
                f'{index} {outcome.kind} ({outcome.seconds:.0f} s): '
                f'{case.name}\n    {" ".join(case.command)[:300]}\n    ' +
                '\n    '.join(outcome.text.strip().splitlines()[-3:])[-700:],
                flush=True)
    return outcomes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--number', type=int, default=500)
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument(
        '--part', type=int, default=0, help='of --parts, from 0')
    parser.add_argument(
        '--parts', type=int, default=1, help='calls that share the cases')
    parser.add_argument('--show', help='also print messages of this kind')
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        outcomes = try_all(args.number, args.seed, Path(folder), args.part,
                           args.parts)
    counts: Dict[str, int] = collections.Counter(o.kind for o in outcomes)
    for outcome in outcomes:
        if outcome.kind == args.show:
            last = outcome.text.strip().splitlines()[-1:]
            print(f'{outcome.case.name}\n    {"".join(last)[:300]}')
    print(dict(counts), f'{sum(o.seconds for o in outcomes):.0f} s')
    sys.exit(int(any(kind not in FINE for kind in counts)))


if __name__ == '__main__':
    main()

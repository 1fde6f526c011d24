"""Report what works in this environment, what does not, and what to do.

    python tools/doctor.py [--json]

The exit status is 1 if there is a fault. A `note` is about something that
only some tasks need.
"""
import argparse
import json
import logging
import os
import sys
import warnings
from typing import List, Optional

import _clone  # noqa: F401  an uninstalled clone finds mvd_mm
from _doctor import CHECKS, Finding, versions


def examine() -> List[Finding]:
    """Run every check; a check that raises is itself a fault."""
    findings = []
    for check in CHECKS:
        topic = check.__name__.replace('_', ' ')
        try:
            findings.append(check())
        except Exception as error:
            findings.append(
                Finding(
                    topic, 'FAULT', f'{type(error).__name__}: {error}',
                    'run `bash tools/setup_env.sh`; if the fault remains, '
                    'report it with the output of this command'))
    return findings


def print_table(table: dict, findings: List[Finding]) -> None:
    """Print versions, then findings, in aligned columns."""
    width = max(map(len, [*table, *(f.topic for f in findings)]))
    for name, version in table.items():
        print(f'{name:<{width}}  {version}')
    print()
    for finding in findings:
        print(f'{finding.topic:<{width}}  {finding.level:<5}  '
              f'{finding.message}')
        if finding.advice:
            print(f'{"":<{width}}         -> {finding.advice}')
    faults = sum(f.level == 'FAULT' for f in findings)
    notes = sum(f.level == 'note' for f in findings)
    print(f'\n{len(findings)} checks: {faults} faults, {notes} notes')


def main(argv: Optional[List[str]] = None) -> int:
    """Examine and report.

    Args:
        argv (list[str], optional): Arguments; those of the process if None.

    Returns:
        int: 1 if there is a fault, else 0.
    """
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        '--json', action='store_true', help='print JSON instead of a table')
    args = parser.parse_args(argv)
    # warnings of other packages would hide what is looked for
    warnings.filterwarnings('ignore')
    logging.disable(logging.WARNING)
    os.environ.setdefault('TORCH_CPP_LOG_LEVEL', 'ERROR')
    table, findings = versions(), examine()
    if args.json:
        report = dict(versions=table, checks=[f.__dict__ for f in findings])
        print(json.dumps(report, indent=2))
    else:
        print_table(table, findings)
    return int(any(f.level == 'FAULT' for f in findings))


if __name__ == '__main__':
    sys.exit(main())

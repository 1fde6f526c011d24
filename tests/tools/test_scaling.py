"""One process and several give the same, by the script that compares them."""
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip('decord')
SCRIPT = Path(__file__).with_name('scaling.py')


@pytest.mark.slow
def test_several_processes_end_with_the_weights_and_metrics_of_one():
    done = subprocess.run([
        sys.executable,
        str(SCRIPT), '--worlds', '2', '--test-worlds', '1', '2', '3',
        '--iterations', '9', '--cases', 'pretraining', 'finetuning', 'fsdp'
    ],
                          capture_output=True,
                          text=True,
                          timeout=600)
    assert done.returncode == 0, done.stderr[-3000:]
    lines = [line for line in done.stdout.splitlines() if ' processes' in line]
    # three trainings, two resumed ones, test and validation of 1, 2 and 3
    assert len(lines) == 3 + 2 + 6, done.stdout

"""Some hostile inputs, the same each time: none ends in an unclear way."""
import collections

import pytest

from tests.tools import hostile_inputs
from tests.tools.hostile_inputs import FINE, Case, run, try_all

pytest.importorskip('decord')
# those that are refused before anything is trained: seconds, not minutes
QUICK = ('sections', 'configs', 'others', 'misspelt')


@pytest.mark.slow
def test_every_hostile_input_ends_in_success_or_a_clear_error(
        tmp_path, monkeypatch, capfd):
    monkeypatch.setattr(hostile_inputs, 'KINDS', QUICK)
    outcomes = try_all(60, 1, tmp_path)
    bad = [o for o in outcomes if o.kind not in FINE]
    assert not bad, capfd.readouterr().out
    counts = collections.Counter(o.kind for o in outcomes)
    assert len(outcomes) == 60 and counts['clear error'] > 40


@pytest.mark.parametrize('code, wrong, kind', [
    ('print(1)', False, 'success'),
    ('print(1)', True, 'SILENT'),
    ("print('skipped a.mp4: it is empty')", False, 'skipped'),
    ("raise SystemExit('x.py: `needle` must be positive')", True,
     'clear error'),
    ("raise SystemExit('x.py: `other` must be positive')", True, 'UNNAMED'),
    ('raise SystemExit(1)', False, 'NO MESSAGE'),
    ("raise ValueError('`needle` must be positive')", False, 'TRACEBACK'),
    ('while True: pass', False, 'HANG'),
    ('import os; os.abort()', False, 'SIGNAL 6'),
])
def test_every_end_of_a_call_is_told_apart(tmp_path, code, wrong, kind):
    tool = tmp_path / 'tool.py'
    tool.write_text(code)
    outcome = run(
        Case('x', [str(tool)], ['needle'], wrong), tmp_path / 'log', limit=2)
    assert outcome.kind == kind, outcome.text

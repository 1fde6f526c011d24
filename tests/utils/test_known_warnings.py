"""Warnings of the host packages are hidden, all others are shown."""
import warnings

import pytest

from mvd_mm.utils import hide_known_warnings


@pytest.fixture
def shown():
    """Texts of the warnings that pass the filters."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.resetwarnings()
        warnings.simplefilter('always')
        hide_known_warnings()
        yield lambda: [str(w.message) for w in caught]


@pytest.mark.parametrize('text', [
    'pkg_resources is deprecated as an API.',
    '`torch.cuda.amp.GradScaler(args...)` is deprecated.',
    "`add_residual` is deprecated in `FFN`, please use 'add_identity'",
    "'pin_memory' argument is set as true but no accelerator is found",
    'This DataLoader will create 4 worker processes in total. Our suggested',
])
def test_known_ones_are_hidden(shown, text):
    for category in (UserWarning, DeprecationWarning, FutureWarning):
        warnings.warn(text, category)
    assert shown() == []


def test_others_are_shown(shown):
    warnings.warn('the learning rate is 0')
    assert shown() == ['the learning rate is 0']


@pytest.mark.parametrize('module, hidden', [
    ('mmaction.evaluation.functional.ava_utils', True),
    ('mvd_mm.evaluation.probes', False),
])
def test_an_empty_mean_is_hidden_in_the_hosts_evaluation_alone(
        shown, module, hidden):
    warnings.warn_explicit(
        'Mean of empty slice', RuntimeWarning, 'file.py', 1, module=module)
    assert shown() == ([] if hidden else ['Mean of empty slice'])


@pytest.mark.parametrize('path, hidden', [
    ('/env/lib/mmdet/models/layers.py', True),
    ('/home/me/mmdet_project.py', False),
])
def test_escape_sequences_are_hidden_in_the_hosts_alone(shown, path, hidden):
    # as Python names the module of what it compiles
    warnings.warn_explicit(
        "invalid escape sequence '\\d'",
        SyntaxWarning,
        path,
        1,
        module=path[:-len('.py')])
    assert bool(shown()) != hidden

from pickle import UnpicklingError

import pytest
from mmengine.logging import HistoryBuffer

from mvd_mm.utils.trusted_classes import statistic_of, trusted_names


def test_a_buffer_may_name_its_statistics_and_nothing_else():
    assert statistic_of(HistoryBuffer, 'mean') is HistoryBuffer.mean
    for owner, name in ((HistoryBuffer, '__init__'), (str, 'format')):
        with pytest.raises(UnpicklingError, match='not trusted'):
            statistic_of(owner, name)


def test_no_name_leads_to_a_program():
    names = trusted_names()
    for name in ('torch.load', 'torch.storage._load_from_bytes',
                 'builtins.eval', 'builtins.exec', 'os.system',
                 'torch.jit.load'):
        assert name not in names
    assert names['builtins.getattr'] is statistic_of


def test_bytes_of_python_2_are_read_in_their_encoding_alone():
    encode = trusted_names()['_codecs.encode']
    assert encode('\xff', 'latin1') == b'\xff'
    with pytest.raises(UnpicklingError):
        encode('x', 'zip')

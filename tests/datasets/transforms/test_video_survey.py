"""What the packets say of a file, good or broken."""
import numpy as np
import pytest

from mvd_mm.datasets.transforms.checked_reader import CheckedReader
from mvd_mm.datasets.transforms.video_decoding import (READ_ERRORS,
                                                       BrokenVideoError,
                                                       first_line)
from mvd_mm.datasets.transforms.video_survey import survey
from tests.datasets.broken_files import numbers, write_broken


def read(path, indices):
    reader = CheckedReader(path.read_bytes(), str(path))
    return reader, numbers(reader.get_batch(indices).asnumpy())


def test_a_file_cut_without_reencoding_has_only_what_is_shown(make):
    path = make(
        'cut.mp4',
        hidden=20,
        g=60,
        options=dict(avoid_negative_ts='disabled', movflags='faststart'))
    assert 'cut without re-encoding' in survey(path.read_bytes()).slow_reason
    reader, found = read(path, [0, 10, 39])
    assert len(reader) == 40
    assert found == [20, 30, 59]
    times = reader.get_frame_timestamp(np.arange(40))
    np.testing.assert_allclose(times[:, 0], np.arange(40) / 25, atol=1e-6)
    np.testing.assert_allclose(times[:, 1] - times[:, 0], 1 / 25, atol=1e-6)


def test_every_kind_of_broken_file_is_refused_with_a_reason(tmp_path):
    paths = write_broken(tmp_path)
    assert len(paths) == 14
    for name, path in paths.items():
        for _ in range(2):  # the second time it is remembered
            with pytest.raises(READ_ERRORS) as info:
                read(path, [0])
            reason = first_line(info.value)
            assert reason and '\n' not in reason, name


def test_damage_inside_a_frame_shows_when_all_are_decoded(make):
    path = make('flip.mp4', g=60)
    data = bytearray(path.read_bytes())
    begin = data.index(b'mdat')
    place = data.index(b'\0\0\1\xb6', begin + 1500) + 12
    data[place:place + 12] = b'\xa5' * 12
    assert survey(bytes(data)).slow_reason == ''
    with pytest.raises(BrokenVideoError, match='frame [0-9]+'):
        survey(bytes(data), thorough=True)

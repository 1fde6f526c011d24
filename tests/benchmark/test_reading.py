"""Copies with key frames at several distances, read by both readers."""
import pytest

from mvd_mm.benchmark import format_reading, run_reading_benchmark

PIPELINE = [
    dict(type='DecordInit'),
    dict(type='mvd_mm.PretrainSampleFrames', clip_len=4, frame_interval=2)
]


def test_a_row_for_the_originals_and_for_each_kind(make_video, tmp_path):
    path = tmp_path / 'clip.mp4'
    make_video(path, size=(64, 48), num_frames=20)
    result = run_reading_benchmark(
        PIPELINE, [str(path)], [20, 1], repeats=1, clips=2)
    assert [row['kind'] for row in result['rows']
            ] == ['originals', 'key frame every 20', 'key frame every 1']
    original, far, near = result['rows']
    assert original['bytes'] == path.stat().st_size
    assert near['bytes'] != far['bytes'] and near['psnr'] > 30
    for row in result['rows']:
        for reader in ('decord', 'ours'):
            assert all(row['readers'][reader][n]['ms'] > 0 for n in (1, 2))
    lines = format_reading(result).splitlines()
    assert len(lines) == 2 + 3
    assert len({line.count('|') for line in lines}) == 1


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    path = tmp_path / 'bad.mp4'
    path.write_bytes(b'no video')
    with pytest.raises(ValueError, match='bad.mp4: '):
        run_reading_benchmark(PIPELINE, [str(path)], [4])

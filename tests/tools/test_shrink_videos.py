"""The command that copies videos at a smaller size."""
import runpy
from pathlib import Path

import decord

TOOL = Path(__file__).parents[2] / 'tools' / 'data/shrink_videos.py'
main = runpy.run_path(str(TOOL))['main']


def test_command_line_takes_every_option(make_video, tmp_path):
    make_video(tmp_path / 'in' / 'x.mp4', size=(128, 96))
    make_video(tmp_path / 'in' / 'y.mp4', size=(128, 96))
    main([
        '--videos',
        str(tmp_path / 'in'), '--out',
        str(tmp_path / 'out'), '--short-side', '64', '--max-frames', '3',
        '--max-videos', '1', '--workers', '1', '--crf', '20', '--keyframes',
        '2', '--preset', 'ultrafast', '--psnr'
    ])
    names = sorted(path.name for path in (tmp_path / 'out').iterdir())
    assert names == ['report.csv', 'x.mp4']
    reader = decord.VideoReader(str(tmp_path / 'out' / 'x.mp4'))
    assert reader.get_key_indices() == [0, 2]
    assert reader[0].shape == (64, 86, 3) and len(reader) == 3

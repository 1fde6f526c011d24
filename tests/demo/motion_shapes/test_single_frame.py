"""The measurement of what a single frame reveals."""
from demo.motion_shapes.single_frame import main


def test_single_frame_prints_its_accuracies(videos, capsys):
    main(['--videos', str(videos), '--frames', '0', '10'])
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith('frame 0: linear ')
    assert second.startswith('frame 10: linear ')
    assert 'chance 10.0% +- 8.7%' in first

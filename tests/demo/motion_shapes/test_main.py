"""The command that renders the set."""
from demo.motion_shapes.__main__ import main


def test_command_line_writes_the_sheet(videos, tmp_path, capsys):
    main([
        '--out',
        str(videos), '--size', '32x32', '--num-train', '26', '--num-val', '12',
        '--sheet',
        str(tmp_path / 'sheet.png')
    ])
    assert 'nothing to do' in capsys.readouterr().out
    assert (tmp_path / 'sheet.png').stat().st_size > 10000

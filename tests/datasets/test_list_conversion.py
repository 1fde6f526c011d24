"""Lists of MVD and VideoMAE as those of this package, and back."""
import pytest

from mvd_mm.datasets.list_conversion import convert_list


def test_there_and_back(tmp_path):
    root = tmp_path / 'videos'
    text = f'{root}/a/x.mp4 1\n{root}/b/y.mp4 0\n'
    (tmp_path / 'train.csv').write_text(text)
    assert convert_list(tmp_path / 'train.csv', tmp_path / 'train.txt',
                        root) == 2
    assert (tmp_path / 'train.txt').read_text() == 'a/x.mp4\t1\nb/y.mp4\t0\n'
    convert_list(tmp_path / 'train.txt', tmp_path / 'back.csv', root)
    assert (tmp_path / 'back.csv').read_text() == text
    convert_list(tmp_path / 'train.txt', tmp_path / 'back.csv', root)  # same
    (tmp_path / 'train.txt').write_text('a/z.mp4\t1\n')
    with pytest.raises(ValueError, match='--overwrite'):
        convert_list(tmp_path / 'train.txt', tmp_path / 'back.csv', root)
    assert (tmp_path / 'back.csv').read_text() == text


@pytest.mark.parametrize('line, out, words', [
    ('videos/a b.mp4\t1\n', 'o.csv', 'holds a blank'),
    ('frames/v_1 120 2\n', 'o.txt', '120 extracted frames'),
    ('../up.mp4\t1\n', 'o.txt', 'does not lie below'),
    ('a.mp4 x\n', 'o.txt', 'not a whole number'),
    ('a.mp4 -1\n', 'o.txt', 'negative label'),
    ('a.mp4 5\n', 'o.txt', 'num_classes=3'),
    ('a.mp4 1\n', 'o.tsv', 'must end in .txt'),
])
def test_faults_are_named(tmp_path, line, out, words):
    (tmp_path / 'list.csv').write_text(line)
    with pytest.raises(ValueError, match=words):
        convert_list(tmp_path / 'list.csv', tmp_path / out,
                     tmp_path / 'videos', 3)
    assert not (tmp_path / out).exists()


def test_no_list(tmp_path):
    with pytest.raises(FileNotFoundError, match='`list`'):
        convert_list(tmp_path / 'none.csv', tmp_path / 'o.txt')

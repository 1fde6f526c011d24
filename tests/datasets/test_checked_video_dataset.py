"""A bad list is refused early; a broken video is replaced, and named."""
import pytest
from mmengine.registry import DefaultScope

from mvd_mm.datasets import CheckedVideoDataset

pytest.importorskip('decord')
PIPELINE = [
    dict(type='mmaction.DecordInit'),
    dict(
        type='mmaction.SampleFrames',
        clip_len=2,
        frame_interval=1,
        num_clips=1),
    dict(type='mmaction.DecordDecode'),
]


@pytest.fixture
def build(tmp_path):
    """Write a list and open it."""

    def make(text, **options):
        (tmp_path / 'list.txt').write_text(text)
        options.setdefault('pipeline', PIPELINE)
        with DefaultScope.overwrite_default_scope('mmaction'):
            return CheckedVideoDataset(
                str(tmp_path / 'list.txt'),
                data_prefix=dict(video=str(tmp_path)),
                **options)

    return make


@pytest.fixture
def video(make_video, tmp_path):
    return make_video(tmp_path / 'good.mp4')


class TestList:

    def test_good_list_is_read_as_the_host_reads_it(self, build, video):
        dataset = build('good.mp4 3\ngood.mp4 1\n')
        assert len(dataset) == 2
        assert [dataset.get_data_info(i)['label'] for i in (0, 1)] == [3, 1]
        sample = dataset[0]
        assert len(sample['imgs']) == 2
        assert sample['imgs'][0].shape == (32, 32, 3)

    @pytest.mark.parametrize('test_mode, loader, other', [
        (False, 'train_dataloader', 'val_dataloader'),
        (True, 'val_dataloader or test_dataloader', 'train_dataloader'),
    ])
    def test_missing_file_is_named(self, tmp_path, test_mode, loader, other):
        with pytest.raises(FileNotFoundError) as info:
            CheckedVideoDataset(
                str(tmp_path / 'none.txt'), pipeline=[], test_mode=test_mode)
        for word in ('ann_file', 'none.txt', 'build_annotations.py', loader):
            assert word in str(info.value)
        assert other not in str(info.value)

    @pytest.mark.parametrize('text', ['', '\n', '  \n\n'])
    def test_empty_file_is_refused(self, build, text):
        with pytest.raises(ValueError, match='`ann_file`.*list.txt.*is empty'):
            build(text)

    @pytest.mark.parametrize('text, place, fault', [
        ('good.mp4 0\ngood.mp4\n', 2, 'no label'),
        ('good.mp4 0\n\ngood.mp4 1\n', 2, 'blank line'),
        ('good.mp4 zero\n', 1, 'not a whole number'),
        ('good.mp4 1.5\n', 1, 'not a whole number'),
        ('good.mp4 0\ngood.mp4 0\na good.mp4 0\n', 3, '3 fields'),
    ])
    def test_names_the_line_and_its_fault(self, build, video, text, place,
                                          fault):
        with pytest.raises(ValueError, match=f'list.txt:{place} .*{fault}'):
            build(text)

    def test_several_labels_are_allowed_on_request(self, build, video):
        dataset = build('good.mp4 0 2\n', multi_class=True, num_classes=3)
        assert len(dataset) == 1

    def test_another_delimiter_allows_blanks_in_names(self, build, make_video,
                                                      tmp_path):
        make_video(tmp_path / 'my clip.mp4')
        dataset = build('my clip.mp4\t5\n', delimiter='\t')
        assert dataset.get_data_info(0)['label'] == 5

    def test_first_video_must_exist(self, build, tmp_path):
        with pytest.raises(FileNotFoundError) as info:
            build('other/none.mp4 0\n')
        for word in ('none.mp4', 'list.txt', 'data_prefix', str(tmp_path)):
            assert word in str(info.value)


class TestBrokenVideo:

    @pytest.fixture(params=['text', 'empty', 'cut', 'missing'])
    def broken(self, request, video, tmp_path):
        """A path that cannot be decoded."""
        content = dict(
            text=b'no video' * 100, empty=b'',
            cut=video.read_bytes()[:200]).get(request.param)
        if content is not None:
            (tmp_path / 'bad.mp4').write_bytes(content)
        return 'bad.mp4'

    def test_is_replaced_and_named_in_the_log(self, build, broken, log_lines):
        dataset = build(f'good.mp4 7\n{broken} 0\n', max_refetch=200)
        assert dataset[1]['label'] == 7
        skipped = [line for line in log_lines if 'skipped' in line]
        assert skipped and all(broken in line for line in skipped)

    def test_is_raised_in_test_mode(self, build, broken, log_lines):
        dataset = build(f'good.mp4 7\n{broken} 0\n', test_mode=True)
        assert dataset[0]['label'] == 7
        with pytest.raises(Exception):
            dataset[1]
        assert not [line for line in log_lines if 'skipped' in line]

    def test_replacements_are_bounded(self, build, tmp_path, log_lines):
        (tmp_path / 'bad.mp4').write_bytes(b'no video' * 100)
        dataset = build('bad.mp4 0\nbad.mp4 1\n', max_refetch=3)
        with pytest.raises(Exception, match='3'):
            dataset[0]
        assert len([line for line in log_lines if 'skipped' in line]) == 4

    def test_a_faulty_pipeline_is_not_taken_for_a_broken_video(
            self, build, video):
        dataset = build('good.mp4 0\n', pipeline=PIPELINE[:1] + PIPELINE[2:])
        with pytest.raises(KeyError, match='frame_inds'):
            dataset[0]

    @pytest.mark.parametrize('error', [OSError(), RuntimeError('two\nlines')])
    def test_any_message_fits_in_a_log_line(self, build, video, log_lines,
                                            error):
        dataset = build('good.mp4 0\n', max_refetch=1)

        def fail(results):
            raise error

        dataset.pipeline = fail
        assert dataset.prepare_data(0) is None
        assert len(log_lines) == 1
        assert 'good.mp4' in log_lines[0] and '\n' not in log_lines[0]

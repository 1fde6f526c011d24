"""A bad list is refused early; a broken video is replaced, and named."""
from copy import deepcopy

import pytest
import torch
from mmengine.registry import DefaultScope

from mvd_mm.datasets import CheckedVideoDataset
from mvd_mm.datasets.broken_videos import UnreadableVideoSample
from mvd_mm.datasets.transforms import CheckedDecordInit
from mvd_mm.datasets.transforms.video_decoding import BrokenVideoError

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

    @pytest.mark.parametrize('delimiter', ['\t', ' ', ',', ', '])
    def test_delimiter_is_recognised(self, build, make_video, tmp_path,
                                     delimiter):
        for name in ('my clip, 1.mp4', 'b.mp4'):
            make_video(tmp_path / name)
        dataset = build(
            f'my clip, 1.mp4{delimiter}5\nb.mp4{delimiter}0\n',
            delimiter='auto')
        found = [dataset.get_data_info(i) for i in range(2)]
        assert [info['label'] for info in found] == [5, 0]
        assert [info['filename'] for info in found] == [
            str(tmp_path / 'my clip, 1.mp4'),
            str(tmp_path / 'b.mp4')
        ]

    def test_a_path_of_its_own_needs_no_folder(self, build, video):
        dataset = build(f'{video} 2\n', delimiter='auto')
        assert dataset.get_data_info(0)['filename'] == str(video)

    @pytest.mark.parametrize('text, fault', [
        ('good.mp4,0\ngood.mp4\n', 'has no label'),
        ('a.mp4 one\n', 'not a whole'),
    ])
    def test_a_fault_is_named_whatever_the_delimiter(self, build, text, fault):
        with pytest.raises(ValueError, match=fault):
            build(text, delimiter='auto')

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
        with pytest.raises(BrokenVideoError, match=f'{broken}.*skip_list'):
            dataset[1]
        assert not [line for line in log_lines if 'skipped' in line]

    def test_replacements_are_bounded(self, build, tmp_path, log_lines):
        (tmp_path / 'bad.mp4').write_bytes(b'no video' * 100)
        dataset = build('bad.mp4 0\nbad.mp4 1\n', max_refetch=3)
        with pytest.raises(BrokenVideoError, match='4 videos.*bad.mp4'):
            dataset[0]
        # each file once, however often it is drawn
        assert len([line for line in log_lines if 'skipped' in line]) == 1

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


class TestOptions:

    def test_delimiters_are_recognised_or_written_as_in_a_shell(
            self, build, video):
        for text, options in (('good.mp4,3\n', {}), ('good.mp4\t3\n', {}),
                              ('good.mp4\t3\n', dict(delimiter='\\t'))):
            assert build(text, **options).get_data_info(0)['label'] == 3
        with pytest.raises(ValueError, match='`delimiter`'):
            build('good.mp4 3\n', delimiter='')

    def test_labels_are_checked_in_testing_too(self, build, video):
        with pytest.raises(ValueError, match='list.txt:1 .*label 3'):
            build('good.mp4 3\n', num_classes=3, test_mode=True)

    def test_videos_of_the_skip_list_are_left_out(self, build, video,
                                                  tmp_path):
        (tmp_path / 'skip.txt').write_text('bad.mp4\tbroken: text\n')
        dataset = build(
            'bad.mp4 0\ngood.mp4 2\n', skip_list=str(tmp_path / 'skip.txt'))
        assert len(dataset) == 1
        assert dataset[0]['label'] == 2

    def test_a_plain_reader_becomes_a_checked_one(self, build, video):
        steps = PIPELINE[:]
        steps[0] = dict(type='mmaction.DecordInit', num_threads=2)
        reader = build('good.mp4 0\n', pipeline=steps).pipeline.transforms[0]
        assert isinstance(reader, CheckedDecordInit)
        assert reader.num_threads == 2

    @pytest.mark.parametrize('options, word', [
        (dict(), '`test_mode=True`'),
        (dict(test_mode=True, pipeline=[]), '`pipeline` with DecordInit'),
    ])
    def test_counting_as_wrong_needs_a_test_of_videos(self, build, video,
                                                      options, word):
        with pytest.raises(ValueError, match=word):
            build('good.mp4 0\n', count_failures_as_wrong=True, **options)

    @pytest.mark.parametrize('label', [0, 2, [0, 2]])
    def test_an_unreadable_sample_is_wrong_whatever_is_predicted(self, label):
        sample = UnreadableVideoSample().set_gt_label(label)
        if isinstance(label, list):
            sample.gt_label = torch.tensor([1., 0., 1.])
        sample = sample.to('cpu')
        sample.set_pred_score(torch.tensor([0.9, 0.05, 0.05]))
        sample.set_pred_label(torch.tensor([label]).reshape(-1)[:1])
        true = [label] if isinstance(label, int) else label
        assert sample.pred_score.sum() == pytest.approx(1)
        assert all(sample.pred_score[i] == 0 for i in true)
        assert int(sample.pred_label) not in true

    def test_subsets_and_copies_count_on_their_own(self, build, video):
        dataset = build('good.mp4 0\ngood.mp4 1\n')
        copy = deepcopy(dataset)
        copy.broken_videos.add(0, 'good.mp4', 'why')
        assert dataset.broken_videos.total() == 0
        assert len(dataset.get_subset(1)) == 1
        assert dataset.get_subset(1)[0]['label'] == 0

"""Official files of AVA: collected, checked, told to a config."""
import json
import zipfile

import numpy as np
import pytest

from mvd_mm.datasets.ava import formats
from mvd_mm.datasets.ava import official as official_files
from mvd_mm.datasets.ava import preparation
from mvd_mm.datasets.ava.validation import splits_of_set, validate


@pytest.fixture
def official(make_video, tmp_path, monkeypatch):
    """Files under their published names; 4 seconds stand for 15 minutes."""
    monkeypatch.setattr(preparation, 'END', 904)
    for name in 'ab':
        make_video(tmp_path / f'v/{name}.mp4', num_frames=40)
    folder = tmp_path / 'ava_v2.2'
    folder.mkdir()
    for split, name in (('train', 'a'), ('val', 'b')):
        (folder / f'ava_{split}_v2.2.csv'
         ).write_text(f'{name},0902,0.1,0.1,0.5,0.5,2,0\n')
        (folder / f'ava_{split}_excluded_timestamps_v2.2.csv').write_text('')
        formats.write_proposals(
            tmp_path / official_files.PROPOSALS.format(split),
            {f'{name},0902': np.array([[.1, .1, .5, .5, .9]])})
    names = [f'class {k}' for k in range(1, 81)]
    formats.write_label_list(folder / official_files.LABELS, names)
    formats.write_label_list(folder / official_files.SCORED, names[:60])
    return tmp_path


def prepare(root, **options):
    files = dict(
        annotations=root / 'ava_v2.2', proposals=root, videos=root / 'v')
    files.update(options)
    return preparation.prepare(out=root / 'out', **files)


class TestPrepare:

    def test_cut_videos_begin_at_900_and_whole_films_at_0(
            self, official, make_video, monkeypatch):
        assert prepare(official)['video_start'] == 900
        monkeypatch.setattr(preparation, 'END', 900 - 58)  # now 4 s are a film
        assert prepare(official)['video_start'] == 0

    def test_the_zip_gives_the_same_as_its_contents(self, official):
        prepare(official)
        first = {
            path.name: path.read_bytes()
            for path in (official / 'out').iterdir()
        }
        with zipfile.ZipFile(official / 'ava.zip', 'w') as archive:
            for path in (official / 'ava_v2.2').iterdir():
                archive.write(path, f'ava_v2.2/{path.name}')
        prepare(official, annotations=official / 'ava.zip')
        assert first == {
            path.name: path.read_bytes()
            for path in (official / 'out').iterdir()
        }
        assert len(first) == 6 + 2 + 2

    def test_training_uses_80_classes_and_the_metric_60(self, official):
        meta = prepare(official)
        assert meta['num_classes'] == 81
        options = dict(
            line.split('=', 1)
            for line in (official /
                         'out/cfg_options.txt').read_text().splitlines())
        assert options['train_dataloader.dataset.label_file'].endswith(
            official_files.LABELS)
        assert options['val_evaluator.label_file'].endswith(
            official_files.SCORED)
        assert options['test_dataloader.dataset.video_start'] == '900'

    def test_all_missing_files_are_named(self, official):
        (official / 'ava_v2.2' / official_files.SCORED).unlink()
        (official / official_files.PROPOSALS.format('val')).unlink()
        with pytest.raises(
                FileNotFoundError,
                match=('activitynet_2019.pbtxt, ava_dense_proposals_val')):
            prepare(official)

    def test_videos_that_are_gone_can_be_left_out(self, official):
        (official / 'v/b.mp4').unlink()
        meta = prepare(official, drop_missing=True)
        assert meta['dropped_videos'] == dict(train=0, val=1)
        assert (official / 'out/ava_val_v2.2.csv').read_text() == ''

    def test_findings_that_the_official_files_have_are_expected(
            self, official):
        prepare(official)
        formats.write_proposals(
            official / 'out' / official_files.PROPOSALS.format('train'),
            {'a,0903': np.array([[.1, .1, .5, .5, .9]])})
        assert preparation.unexpected_findings(official / 'out') == []
        (official / 'v/a.mp4').unlink()
        fault, = preparation.unexpected_findings(official / 'out')
        assert (fault.kind, fault.line) == ('video-missing', 1)

    def test_needs_videos_or_frames(self, official):
        with pytest.raises(ValueError, match='`videos` or `frames`'):
            prepare(official, frames=official)


class TestMeta:

    def test_frames_are_told_to_the_validator(self, official):
        prepare(official, videos=None, frames=official / 'v')
        meta = json.loads((official / 'out/meta.json').read_text())
        assert meta['use_frames'] and 'video_start' not in meta


class TestPersonBoxes:

    @pytest.fixture
    def persons(self, official):
        """One box on the annotated key frame of b, one on another."""
        path = official / 'persons.json'
        path.write_text(
            json.dumps([
                dict(
                    image_id=f'b_090{second}', bbox=[12, 12, 52, 52], score=.9)
                for second in (2, 3)
            ]))
        return dict(person_boxes=path, proposals=None, proposal_size=128)

    def options(self, root):
        return dict(
            line.split('=', 1)
            for line in (root /
                         'out/cfg_options.txt').read_text().splitlines())

    def test_they_suffice(self, official, persons):
        for split in ('train', 'val'):
            (official / official_files.PROPOSALS.format(split)).unlink()
        meta = prepare(official, **persons)
        assert meta['files']['val']['proposal_file'] == (
            official_files.PERSON_BOXES)
        assert 'proposal_file' not in meta['files']['train']
        assert validate(splits_of_set(official / 'out')) == []
        options = self.options(official)
        for part in ('val', 'test'):
            prefix = f'{part}_dataloader.dataset.'
            assert options[f'{prefix}proposal_file'].endswith(
                f'out/{official_files.PERSON_BOXES}')
            assert options[f'{prefix}every_key_frame'] == 'True'
            assert options[f'{prefix}proposal_size'] == '128'
        assert 'train_dataloader.dataset.proposal_file' not in options

    def test_they_come_before_mmaction2s_in_testing(self, official, persons):
        persons['proposals'] = official
        meta = prepare(official, **persons)
        assert meta['files']['val']['proposal_file'] == (
            official_files.PERSON_BOXES)
        assert meta['files']['train']['proposal_file'] == (
            official_files.PROPOSALS.format('train'))

    def test_without_them_the_options_leave_the_key_frames_alone(
            self, official):
        prepare(official)
        assert not any('every_key_frame' in key or 'proposal_size' in key
                       for key in self.options(official))

    def test_the_wrong_size_is_found(self, official, persons):
        prepare(official, **{**persons, 'proposal_size': None})
        fault, = preparation.unexpected_findings(official / 'out')
        assert fault.kind == 'proposal-file'

    @pytest.mark.parametrize('more, words', [
        (dict(person_boxes=None), '`proposal_size` is of `person_boxes`'),
        (dict(person_boxes=None,
              proposal_size=None), 'give `person_boxes`.*or `proposals`'),
    ])
    def test_needs_persons(self, official, persons, more, words):
        if 'proposal_size' not in more:
            more = dict(more, proposals=official)
        with pytest.raises(ValueError, match=words):
            prepare(official, **{**persons, **more})

"""Rendering: files are reproducible, and folders of others are kept."""
import json
from pathlib import Path

import numpy as np
import pytest

from demo import rendered_set
from demo.motion_shapes import render, settings


class TestRender:

    def test_any_number_of_workers_writes_the_same_bytes(
            self, small, videos, tmp_path):
        render.render(tmp_path, small, workers=2)
        names = sorted(p.relative_to(videos) for p in videos.rglob('*.*'))
        assert len(names) == 26 + 12 + 4
        for name in names:
            assert (tmp_path / name).read_bytes() == (videos /
                                                      name).read_bytes(), name

    def test_a_clip_does_not_depend_on_how_many_there_are(self):
        few = settings.describe(size=(32, 32), num_train=1, num_val=1)
        many = settings.describe(size=(32, 32))
        assert (render.draw_frames(few, 'train',
                                   0) == render.draw_frames(many, 'train',
                                                            0)).all()

    def test_no_two_clips_share_a_scene(self):
        meta = settings.describe(size=(32, 32))
        seen = {
            render.draw_frames(meta, split, k)[0].tobytes()
            for split in rendered_set.SPLITS
            for k in range(20)
        }
        assert len(seen) == 40

    def test_decord_reads_what_was_drawn(self, videos):
        decord = pytest.importorskip('decord')
        for line in (videos / 'val.txt').read_text().splitlines():
            name, label = line.split(' ')
            assert 0 <= int(label) < 10
            reader = decord.VideoReader(str(videos / name), num_threads=1)
            frames = reader.get_batch(range(20)).asnumpy().astype(float)
            drawn = render.draw_frames(
                json.loads((videos / 'meta.json').read_text()), 'val',
                int(Path(name).stem))
            assert np.abs(frames - drawn).mean() < 12  # grey levels

    def test_second_call_does_nothing(self, small, videos):
        before = (videos / 'train' / '000000.mp4').stat().st_mtime_ns
        assert render.render(videos, small) == 0
        assert (videos / 'train' / '000000.mp4').stat().st_mtime_ns == before

    def test_interrupted_rendering_is_completed(self, tmp_path):
        meta = settings.describe(size=(32, 32), num_train=3, num_val=2)
        rendered_set.claim(tmp_path / 'a', meta)  # begun, nothing rendered yet
        (tmp_path / 'a' / 'train').mkdir()
        (tmp_path / 'a' / 'train' / '000001.7.part.mp4').write_bytes(b'half')
        assert render.render(tmp_path / 'a', meta, workers=1) == 5
        (tmp_path / 'a' / 'val' / '000001.mp4').unlink()
        assert render.render(tmp_path / 'a', meta, workers=1) == 1
        assert len(list((tmp_path / 'a').rglob('*.mp4'))) == 5

    def test_refuses_a_set_of_other_parameters(self, small, videos):
        with pytest.raises(ValueError, match='other parameters'):
            render.render(videos, dict(small, seed=1))

    def test_refuses_a_folder_with_other_files(self, small, tmp_path):
        (tmp_path / 'thesis.txt').write_text('mine')
        with pytest.raises(ValueError, match='empty or a new folder'):
            render.render(tmp_path, small)
        assert [p.name for p in tmp_path.iterdir()] == ['thesis.txt']

"""The picture shows what it says: hidden is grey, colours are comparable."""
import cv2
import numpy as np
import pytest
import torch

from mvd_mm.visualization import (FeatureColours, change_rows, clip_rows,
                                  save_rows)

GRID = (2, 3, 4)  # time, height, width in tokens
NUM_TOKENS = 24
WIDTHS = dict(image=5, video=7)
GREY = 0.82


@pytest.fixture
def mask(draw_mask):
    return draw_mask(1, NUM_TOKENS, 18)[0]


@pytest.fixture
def clip():
    """Four frames of 24 x 32 pixels, nowhere grey of that level."""
    return torch.rand(3, 4, 24, 32) * 0.7


@pytest.fixture
def branches(mask):
    return {
        name:
        dict(
            feats=torch.randn(NUM_TOKENS, width),
            pred=torch.randn(int(mask.sum()), width))
        for name, width in WIDTHS.items()
    }


@pytest.fixture
def colours(branches):
    return {k: FeatureColours(v['feats']) for k, v in branches.items()}


@pytest.fixture
def rows(clip, mask, branches, colours):
    return clip_rows(clip, mask, GRID, branches, colours)


def is_grey(image):
    return np.isclose(image, GREY, atol=1e-6).all(-1)


class TestClipRows:

    def test_two_rows_and_two_per_teacher(self, rows):
        assert [name for name, _ in rows] == [
            'frames', 'visible tokens', 'image teacher', 'student, for image',
            'video teacher', 'student, for video'
        ]

    def test_one_image_per_time_slice_in_0_to_1(self, rows):
        for name, images in rows:
            size = (24, 32, 3) if name in ('frames',
                                           'visible tokens') else (3, 4, 3)
            assert np.shape(images) == (2, *size), name
            assert np.min(images) >= 0 and np.max(images) <= 1, name

    def test_frames_are_the_first_of_each_tubelet(self, rows, clip):
        expected = clip[:, [0, 2]].permute(1, 2, 3, 0).numpy()
        np.testing.assert_array_equal(rows[0][1], expected)

    def test_exactly_the_hidden_patches_are_grey(self, rows, mask):
        frames, visible = dict(rows)['frames'], dict(rows)['visible tokens']
        hidden = mask.numpy().reshape(GRID)
        for t, y, x in np.ndindex(*GRID):
            patch = np.s_[t, 8 * y:8 * y + 8, 8 * x:8 * x + 8]
            if hidden[t, y, x]:
                assert is_grey(visible[patch]).all()
            else:
                assert not is_grey(visible[patch]).any()
                np.testing.assert_allclose(visible[patch], frames[patch])

    @pytest.mark.parametrize('name', WIDTHS)
    def test_exactly_the_visible_tokens_of_a_prediction_are_grey(
            self, rows, mask, name):
        image = dict(rows)[f'student, for {name}']
        np.testing.assert_array_equal(
            is_grey(image), ~mask.numpy().reshape(GRID))

    def test_a_perfect_prediction_has_the_colours_of_its_teacher(
            self, clip, mask, branches, colours):
        for branch in branches.values():
            branch['pred'] = branch['feats'][mask]
        rows = dict(clip_rows(clip, mask, GRID, branches, colours))
        hidden = mask.numpy().reshape(GRID)
        for name in WIDTHS:
            np.testing.assert_allclose(
                rows[f'student, for {name}'][hidden],
                rows[f'{name} teacher'][hidden],
                atol=1e-6)

    def test_a_shifted_prediction_has_other_colours(self, clip, mask, branches,
                                                    colours):
        # with colours of its own it would look perfect
        branch = branches['image']
        shift = 0.5 * colours['image'].axes[:, 0]
        branch['pred'] = branch['feats'][mask] + shift
        rows = dict(clip_rows(clip, mask, GRID, branches, colours))
        hidden = mask.numpy().reshape(GRID)
        gap = (
            rows['student, for image'][hidden] - rows['image teacher'][hidden])
        assert gap[:, 0].max() > 0.05
        np.testing.assert_allclose(gap[:, 1:], 0, atol=1e-5)


class TestChangeRows:

    @pytest.fixture
    def tube(self, draw_mask):
        return draw_mask(1, 12, 9)[0].repeat(2)

    def predict(self, feats, mask, factor):
        return dict(image=dict(feats=feats, pred=factor * feats[mask]))

    def test_frames_and_for_each_teacher_a_row_and_one_of_its_prediction(
            self, clip, mask, branches):
        (first, frames), *rows = change_rows(clip, mask, GRID, branches)
        assert first == 'frames:\nchange' and frames.shape == (2, 24, 32, 3)
        names = [name.replace('\n', ' ') for name, _ in rows]
        assert names[::2] == ['image teacher: change', 'video teacher: change']
        assert all(
            name.startswith(f'student, for {key}: change \u00d7 ')
            for name, key in zip(names[1::2], WIDTHS))
        for _, images in rows:
            assert images.shape == (2, 3, 4, 3)
            assert images.min() >= 0 and images.max() <= 1

    @pytest.mark.parametrize('factor, times', [(1., '1'), (0.4, '2.5'),
                                               (0.1, '10'), (1 / 140, '140')])
    def test_a_prediction_is_scaled_to_its_teacher_and_says_so(
            self, clip, tube, factor, times):
        feats = torch.randn(NUM_TOKENS, 5)
        _, (_, true), (name,
                       found) = change_rows(clip, tube, GRID,
                                            self.predict(feats, tube, factor))
        hidden = tube.numpy().reshape(GRID)
        np.testing.assert_allclose(found[hidden], true[hidden], atol=1e-5)
        assert name.endswith(f' {times}')
        np.testing.assert_array_equal(is_grey(found), ~hidden)

    def test_where_frames_change_they_are_coloured_and_elsewhere_white(
            self, clip, mask, branches):
        still = clip[:, :1].repeat(1, 4, 1, 1)
        still[0, 2:, :8, 8:16] += 0.3  # redder in the second half
        frames = change_rows(still, mask, GRID, branches)[0][1]
        patch = frames[:, :8, 8:16]
        red, blue = sorted(patch, key=lambda image: image.mean((0, 1))[2])
        assert (red[..., 0] > red[..., 2]).all()
        assert (blue[..., 2] > blue[..., 0]).all()
        frames[:, :8, 8:16] = 1
        np.testing.assert_allclose(frames, 1, atol=1e-6)

    def test_a_clip_that_stands_still_is_white(self, clip, mask, branches):
        still = clip[:, :1].repeat(1, 4, 1, 1)
        frames = change_rows(still, mask, GRID, branches)[0][1]
        np.testing.assert_allclose(frames, 1, atol=1e-6)

    def test_opposite_changes_are_red_and_blue_and_none_is_white(
            self, clip, tube):
        feats = torch.zeros(NUM_TOKENS, 5)
        feats[3, 2], feats[15, 2] = 1., -1.  # one place, two times
        _, (_, true), (_, found) = change_rows(clip, tube, GRID,
                                               self.predict(feats, tube, 0.))
        first, second = true[0].reshape(12, 3), true[1].reshape(12, 3)
        red, blue = sorted((first[3], second[3]), key=lambda c: c[2])
        assert red[0] > 0.6 > 0.4 > red[2] and blue[2] > 0.6 > 0.4 > blue[0]
        others = np.delete(first, 3, 0)
        np.testing.assert_allclose(others, 1, atol=1e-6)
        np.testing.assert_allclose(found[tube.numpy().reshape(GRID)], 1)


class TestFeatureColours:

    def test_the_three_largest_components_in_order(self):
        spread = torch.tensor([1., 8., 0.1, 4., 2.])
        feats = torch.randn(4000, 5) * spread
        axes = FeatureColours(feats).axes
        assert axes.abs().argmax(0).tolist() == [1, 3, 4]
        torch.testing.assert_close(
            axes.T @ axes, torch.eye(3), atol=1e-5, rtol=0)

    def test_all_of_0_to_1_is_used_and_outliers_are_clipped(self):
        feats = torch.randn(1000, 5)
        image = FeatureColours(feats)(feats)
        assert image.shape == (1000, 3)
        assert (image.min(0) == 0).all() and (image.max(0) == 1).all()
        assert ((image == 0) | (image == 1)).mean() < 0.05

    def test_constant_features_give_a_finite_colour(self):
        feats = torch.ones(6, 5)
        assert np.isfinite(FeatureColours(feats)(feats)).all()


class TestSaveRows:

    def test_file_has_every_image_in_its_place(self, tmp_path):
        # red, green, blue (BGR in the file), one image per row and column
        images = np.eye(3)[:, None, None].repeat(4, 1).repeat(4, 2)
        rows = [('one', images[[0, 1]]), ('two', images[[2, 0]])]
        path = tmp_path / 'picture.png'
        save_rows(rows, str(path), 'title')
        picture = cv2.imread(str(path)).astype(int)
        centres = {}
        for key, colour in dict(
                red=(0, 0, 255), green=(0, 255, 0), blue=(255, 0, 0)).items():
            at = (picture == colour).all(-1)
            assert at.mean() > 0.05, key
            centres[key] = np.argwhere(at).mean(0)
        height, width = picture.shape[:2]
        assert centres['green'][0] < height / 2 < centres['blue'][0]
        assert centres['blue'][1] < centres['green'][1]

    def test_legend_and_titles_of_columns_take_room_of_their_own(
            self, rows, clip, mask, branches, tmp_path):
        sizes = {}
        for name, shown, options in (('plain', rows,
                                      {}), ('titles', rows,
                                            dict(columns=['a', 'b'])),
                                     ('legend', rows,
                                      dict(columns=['a', 'b'], legend=True)),
                                     ('changes', rows +
                                      change_rows(clip, mask, GRID, branches),
                                      dict(columns=['a', 'b'], legend=True))):
            path = tmp_path / f'{name}.png'
            save_rows(shown, str(path), 'title', **options)
            picture = cv2.imread(str(path))
            sizes[name] = picture.shape[0]
            if 'legend' in options:
                # the last rows of pixels hold words
                assert picture[-40:].std() > 10
        assert sizes['plain'] < sizes['titles'] < sizes['legend']
        assert sizes['changes'] - sizes['legend'] > 4 * 100

    def test_rows_without_predictions(self, clip, mask, branches, colours):
        branch = dict(image=dict(feats=branches['image']['feats']))
        rows = clip_rows(clip, mask, GRID, branch, colours)
        assert [name for name, _ in rows
                ] == ['frames', 'visible tokens', 'image teacher']

    def test_real_rows_are_written(self, rows, tmp_path):
        path = tmp_path / 'picture.png'
        save_rows(rows, str(path), 'title')
        picture = cv2.imread(str(path))
        assert picture.shape[0] > 6 * 100 and picture.std() > 10

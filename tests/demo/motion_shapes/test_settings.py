"""Parameters of a set: the defaults, and what is refused."""
import pytest

from demo.motion_shapes import classes, settings


class TestSettings:

    def test_there_are_ten(self):
        assert len(set(classes.CLASSES)) == 10
        assert settings.describe()['classes'] == list(classes.CLASSES)
        assert settings.describe()['chance'] == .1

    @pytest.mark.parametrize('wrong, name', [
        (dict(setting='medium'), 'setting'),
        (dict(size=(33, 32)), 'size'),
        (dict(size=(48, 48)), 'decord'),
        (dict(num_frames=1), 'num_frames'),
        (dict(num_val=0), 'num_val'),
        (dict(seed=-1), 'seed'),
    ])
    def test_rejects_parameters_out_of_range(self, wrong, name):
        with pytest.raises(ValueError, match=name):
            settings.describe(**wrong)

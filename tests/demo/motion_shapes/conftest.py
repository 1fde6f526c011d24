"""A small set, rendered once."""
import pytest

from demo.motion_shapes import render, settings


@pytest.fixture(scope='session')
def small():
    """Parameters of the small set."""
    return settings.describe(size=(32, 32), num_train=26, num_val=12)


@pytest.fixture(scope='session')
def videos(tmp_path_factory, small):
    """Folder of the small set."""
    out = tmp_path_factory.mktemp('set') / 'videos'
    render.render(out, small, workers=1)
    return out

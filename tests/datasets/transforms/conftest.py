"""Videos written as a test needs them."""
import av
import pytest

from tests.datasets.broken_files import write, write_alone


@pytest.fixture
def make(tmp_path):
    """Write a video whose frames carry their numbers."""

    def build(name, **options):
        codec = options.get('codec', '')
        if codec.startswith('lib') and codec not in av.codecs_available:
            pytest.skip(f'PyAV has no {codec}')
        maker = write_alone if codec.startswith('libvpx') else write
        return maker(tmp_path / name, **options)

    return build

"""Published files at full size, without the memory."""
import pytest
import torch

from mvd_mm.positions import build_position_table


@pytest.fixture
def published(manifests):
    """Weights of a published file; each is one number, spread over a shape.

    The number differs from weight to weight. Position tables are real.
    """

    def make(name):
        weights = {
            key: torch.full((1, ), float(number)).expand(shape)
            for number, (key, shape) in enumerate(manifests[name].items())
        }
        for key in [k for k in weights if k.startswith('pos_embed')]:
            _, length, width = manifests[name][key]
            if length == 1568:
                weights[key] = build_position_table('sincos_3d', width,
                                                    (8, 14, 14))
            else:  # MAE: a row of zeros for the class token
                side = round((length - 1)**0.5)
                table = build_position_table('sincos_2d', width,
                                             (1, side, side))
                weights[key] = torch.cat([torch.zeros(1, 1, width), table], 1)
        return weights

    return make


@pytest.fixture
def save(tmp_path):
    """Write a file as the publications do."""

    def write(weights, name='file.pth', section='model'):
        path = tmp_path / name
        torch.save({section: weights}, path)
        return str(path)

    return write

"""Parameters of a set: what is refused."""
import pytest

from demo.action_shapes.parameters import describe


@pytest.mark.parametrize('wrong, name', [
    (dict(size=(33, 32)), 'size'),
    (dict(size=(48, 64)), 'decord'),
    (dict(num_val=0), 'num_val'),
    (dict(max_actors=1), 'max_actors'),
    (dict(seed=-1), 'seed'),
])
def test_rejects_parameters_out_of_range(wrong, name):
    with pytest.raises(ValueError, match=name):
        describe(**wrong)

"""Building the models of configs, whatever their size."""
from functools import partial
from unittest import mock

import pytest
import torch
from mmengine.registry import MODELS, DefaultScope


@pytest.fixture
def build_on_meta():
    """Build a model without memory for its weights: ViT-H in a second."""

    def build(cfg, scope='mmaction'):
        # the rates of stochastic depth are numbers: they need real memory
        linspace = partial(torch.linspace, device='cpu')
        with DefaultScope.overwrite_default_scope(scope), torch.device(
                'meta'), mock.patch('torch.linspace', linspace):
            return MODELS.build(cfg)

    return build

"""Features of frozen networks over a data set."""
from typing import Callable, Dict, Iterable, List, Tuple

import numpy as np
import torch
from mmengine.model import BaseDataPreprocessor
from torch import Tensor

from mvd_mm.utils.precision import fastest_dtype

__all__ = ['extract_features']

Network = Callable[[Dict[str, Tensor]], Tensor]


@torch.no_grad()
def extract_features(
        networks: Dict[str, Network], loader: Iterable[dict],
        preprocessor: BaseDataPreprocessor,
        num_slices: int) -> Tuple[Dict[str, np.ndarray], np.ndarray]:
    """Average each network's tokens over space, in one pass over the data.

    The time slices of a clip are kept apart, because their order shows what
    moves where; a mean over time would lose that.

    Args:
        networks (dict[str, callable]): Each maps the model's inputs (``imgs``
            of shape (B, 3, T, H, W) and other views) to tokens (B, L, D), on
            the device of the preprocessor.
        loader (iterable): Batches of a pre-training pipeline.
        preprocessor (PretrainDataPreprocessor): Normalises them.
        num_slices (int): Time slices T' of the token grid.

    Returns:
        tuple: Features (N, T' * D) by name, float32, and labels (N, ), int.
    """
    device = torch.device(preprocessor.device).type
    dtype = fastest_dtype(device)
    features: Dict[str, List[np.ndarray]] = {name: [] for name in networks}
    labels = []
    for batch in loader:
        labels += [int(sample.gt_label) for sample in batch['data_samples']]
        inputs = preprocessor(batch)['inputs']
        for name, network in networks.items():
            with torch.autocast(
                    device, torch.bfloat16, enabled=dtype == torch.bfloat16):
                tokens = network(inputs)
            slices = tokens.float().unflatten(1, (num_slices, -1))
            # (B, T', H' * W', D) -> (B, T' * D)
            features[name].append(slices.mean(2).flatten(1).cpu().numpy())
    return ({
        k: np.concatenate(v)
        for k, v in features.items()
    }, np.array(labels))

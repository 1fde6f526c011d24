"""Testing frozen features with the labels of their nearest neighbours."""
from typing import Dict, List, Tuple, Union

import torch
from mmengine.dist import all_gather_object
from mmengine.evaluator import Evaluator
from mmengine.runner import TestLoop
from mmengine.runner.amp import autocast
from torch import Tensor
from torch.utils.data import DataLoader

from mvd_mm.evaluation.nearest_neighbours import neighbour_votes
from mvd_mm.registry import LOOPS

__all__ = ['KNNTestLoop']


@LOOPS.register_module()
class KNNTestLoop(TestLoop):
    """kNN probe: no training; ``tools/test.py`` gives the accuracy.

    First the features of a bank of labelled clips are computed; each process
    computes its share. Then each test clip gets the votes of its nearest
    neighbours (:func:`.neighbour_votes`) as ``pred_score``, which
    ``AccMetric`` and ``--dump`` read like the scores of any classifier.

    The model's head must return features: use MMAction2's ``FeatureHead``
    with ``average_clips='score'``, which averages over views.

    Source: `DINO <https://arxiv.org/abs/2104.14294>`_, whose votes these are.

    Args:
        runner (Runner): The runner of the test.
        dataloader (DataLoader or dict): Test clips.
        evaluator (Evaluator, dict or list): Reads ``pred_score``.
        bank_dataloader (DataLoader or dict): Labelled clips. Its sampler
            should have ``round_up=False``; otherwise some clips vote twice
            when there are several processes.
        num_classes (int): Number of classes K.
        neighbours (int): Clips that vote.
        temperature (float): Temperature of the weights of the votes.
        fp16 (bool): Extract features under autocast.

    Raises:
        ValueError: If a number is out of range; in :meth:`run`, if a label of
            the bank is not in [0, K) or the model does not give features.
    """

    def __init__(self,
                 runner,
                 dataloader: Union[DataLoader, Dict],
                 evaluator: Union[Evaluator, Dict, List],
                 bank_dataloader: Union[DataLoader, Dict],
                 num_classes: int,
                 neighbours: int = 20,
                 temperature: float = 0.07,
                 fp16: bool = False) -> None:
        for name, value in dict(
                num_classes=num_classes, neighbours=neighbours).items():
            if value < 1:
                raise ValueError(f'`{name}` must be at least 1, got {value}')
        if temperature <= 0:
            raise ValueError(
                f'`temperature` must be above 0, got {temperature}')
        super().__init__(runner, dataloader, evaluator, fp16)
        if isinstance(bank_dataloader, dict):
            bank_dataloader = runner.build_dataloader(
                bank_dataloader, seed=runner.seed)
        self.bank_dataloader = bank_dataloader
        self.num_classes = num_classes
        self.neighbours = neighbours
        self.temperature = temperature

    def run(self) -> dict:
        """Fill the bank, then test."""
        self.runner.model.eval()
        self.bank, self.labels = self._fill_bank()
        return super().run()

    @torch.no_grad()
    def run_iter(self, idx: int, data_batch: dict) -> None:
        """Score one batch by its neighbours."""
        self.runner.call_hook(
            'before_test_iter', batch_idx=idx, data_batch=data_batch)
        samples = data_batch['data_samples']
        scores = neighbour_votes(
            self._features(data_batch), self.bank, self.labels,
            self.num_classes, self.neighbours, self.temperature)
        for sample, score in zip(samples, scores):
            sample.set_pred_score(score)
            sample.set_pred_label(score.argmax(0, keepdim=True))
        self.evaluator.process(data_samples=samples, data_batch=data_batch)
        self.runner.call_hook(
            'after_test_iter',
            batch_idx=idx,
            data_batch=data_batch,
            outputs=samples)

    @torch.no_grad()
    def _fill_bank(self) -> Tuple[Tensor, Tensor]:
        """Features (N, D) and labels (N, ) of all processes' clips."""
        number = len(self.bank_dataloader)
        features: List[Tensor] = []
        classes: List[int] = []
        for idx, batch in enumerate(self.bank_dataloader):
            features.append(self._features(batch).cpu())
            classes += [int(s.gt_label) for s in batch['data_samples']]
            if (idx + 1) % 50 == 0 or idx + 1 == number:
                self.runner.logger.info(
                    f'features of the bank: [{idx + 1}/{number}] batches')
        parts = all_gather_object((torch.cat(features), torch.tensor(classes)))
        device = next(self.runner.model.parameters()).device
        bank, labels = (torch.cat(part).to(device) for part in zip(*parts))
        if not 0 <= labels.min() <= labels.max() < self.num_classes:
            raise ValueError(
                f'`num_classes` is {self.num_classes}, but the bank has '
                f'labels from {labels.min()} to {labels.max()}: set '
                '`test_cfg.num_classes` to the number of classes')
        return bank, labels

    def _features(self, batch: dict) -> Tensor:
        """Features (B, D), float32, of the model."""
        with autocast(enabled=self.fp16):
            features = self.runner.model.test_step(batch)
        if not isinstance(features, Tensor) or features.ndim != 2:
            raise ValueError(
                'KNNTestLoop needs one feature per clip, (B, D): set '
                "`model.cls_head=dict(type='FeatureHead', "
                "average_clips='score')`, and `return_feat_map=True` in a "
                'backbone without mean pooling')
        return features.float()

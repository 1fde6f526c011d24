"""One step of training or testing, on random pixels, of either side."""
from copy import deepcopy
from typing import Any, Dict

import torch
from mmaction.structures import ActionDataSample
from mmengine.registry import MODELS, DefaultScope
from mmengine.structures import InstanceData
from torch import nn

from mvd_mm.engine import FusedAdamW, compile_blocks
from mvd_mm.models import PretrainDataPreprocessor
from .measuring import Clock
from .plain import PlainMVD, plain_backbone

__all__ = ['Workload']

_DTYPES = dict(fp32=torch.float32, bf16=torch.bfloat16, fp16=torch.float16)


class Workload:
    """A model, its batch, and one step on it.

    Args:
        task (str): 'pretrain', 'finetune', 'test' or 'detect'.
        model (dict): Config of the model.
        side (str): 'ours' or 'plain'.
        batch (int): Clips; views of one video for 'test'.
        dtype (str): 'fp32', 'bf16' or 'fp16', of autocast.
        device (str): 'cpu' or 'cuda'.
        hidden_share (float): Share of hidden tokens, of 'pretrain'.
        masks (int): Masks of a clip, of 'pretrain'; the plain side has each
            clip as often, with one mask.
        compiled (bool): Compile the blocks of our side.
    """

    def __init__(self, task: str, model: dict, side: str, batch: int,
                 dtype: str, device: str, hidden_share: float, masks: int,
                 compiled: bool) -> None:
        self.task, self.device = task, device
        self.dtype = _DTYPES[dtype]
        self.clock = Clock(device)
        torch.manual_seed(0)
        # of several classes, which share no type
        self.model: Any = self._build(deepcopy(model), side).to(device)
        self.model.train(task in ('pretrain', 'finetune'))
        if compiled and side == 'ours':
            compile_blocks(self.model)
        self.batch = getattr(self, f'_batch_of_{task}')(model, batch,
                                                        hidden_share)
        if masks > 1:
            self._repeat_masks(masks, side)
        optimizer = torch.optim.AdamW if side == 'plain' else FusedAdamW
        self.optimizer = optimizer(
            [p for p in self.model.parameters() if p.requires_grad],
            lr=1e-5,
            weight_decay=0.05)
        # float16 is for GPUs alone
        self.scaler = torch.cuda.amp.GradScaler() if dtype == 'fp16' else None
        self._watch()

    @property
    def resident(self) -> float:
        """MiB of weights, buffers and the state of the optimiser."""
        tensors = [*self.model.parameters(), *self.model.buffers()]
        for state in self.optimizer.state.values():
            tensors += [v for v in state.values() if torch.is_tensor(v)]
        return sum(t.numel() * t.element_size() for t in tensors) / 2**20

    def step(self) -> None:
        """Train on the batch, or test it."""
        if self.task in ('pretrain', 'finetune'):
            self._train()
        else:
            with torch.no_grad(), self._autocast():
                data = self.model.data_preprocessor(self.batch, False)
                self.model(**data, mode='predict')

    def _train(self) -> None:
        with self._autocast():
            data = self._preprocess(self.batch)
            losses = self._losses(data)
            loss = torch.stack([v for k, v in losses.items()
                                if 'loss' in k]).sum()
        with self.clock.part('backward'):
            (self.scaler.scale(loss) if self.scaler else loss).backward()
        with self.clock.part('optimiser'):
            if self.scaler:
                self.scaler.step(self.optimizer)
                self.scaler.update()
            else:
                self.optimizer.step()
            self.optimizer.zero_grad()

    def _losses(self, data: dict) -> Dict[str, torch.Tensor]:
        if self.task == 'pretrain':
            return self.model.loss(data['inputs'])
        return self.model(**data, mode='loss')

    def _preprocess(self, batch: dict) -> dict:
        return self.model.data_preprocessor(batch, True)

    def _autocast(self) -> Any:
        return torch.autocast(
            self.device,
            dtype=self.dtype
            if self.dtype != torch.float32 else torch.bfloat16,
            enabled=self.dtype != torch.float32)

    def _build(self, cfg: dict, side: str) -> nn.Module:
        if self.task == 'pretrain':
            for branch in cfg['branches'].values():
                branch['teacher'].update(checkpoint=None, random_init=True)
            if side == 'plain':
                model: Any = PlainMVD(cfg)
                model.data_preprocessor = PretrainDataPreprocessor()
                return model
        else:
            cfg['backbone'].pop('init_cfg', None)
            if side == 'plain':
                cfg['backbone'] = plain_backbone(cfg['backbone'])
        with DefaultScope.overwrite_default_scope('mmaction'):
            return MODELS.build(cfg)

    def _watch(self) -> None:
        parts: Dict[str, nn.Module] = {'backbone': self.model.backbone}
        for name, branch in getattr(self.model, 'branches', {}).items():
            parts[f'teacher_{name}'] = branch['teacher']
            parts[f'decoder_{name}'] = branch['decoder']
        for name, module in parts.items():
            self.clock.watch(name, module)

    @staticmethod
    def _pixels(*shape: int) -> torch.Tensor:
        return torch.randint(0, 256, shape, dtype=torch.uint8)

    def _shape(self, model: dict) -> tuple:
        vit = model['backbone']
        size = vit.get('img_size', 224)
        return 3, vit.get('num_frames', 16), size, size

    def _batch_of_pretrain(self, model: dict, batch: int,
                           hidden_share: float) -> dict:
        inputs = dict(imgs=self._pixels(batch, 1, *self._shape(model)))
        for branch in model['branches'].values():
            slices, height, width = branch['decoder']['grid_size']
            teacher = branch['teacher']
            view, size = teacher.get('view', 'imgs'), teacher['vit'].get(
                'img_size', 224)
            if view not in inputs:
                inputs[view] = self._pixels(batch, 1, 3, slices, size, size)
        # tubes: the same place in every slice
        order = torch.rand(batch, height * width).argsort(1)
        mask = order < round(hidden_share * height * width)
        inputs['mask'] = mask.repeat(1, slices).unsqueeze(1)
        return dict(inputs=inputs)

    def _repeat_masks(self, masks: int, side: str) -> None:
        inputs = self.batch['inputs']
        inputs['mask'] = inputs['mask'].repeat(1, masks, 1)
        if side == 'plain':
            for key, value in inputs.items():
                if key != 'mask':
                    inputs[key] = value.repeat_interleave(masks, 0)

    def _batch_of_finetune(self, model: dict, batch: int, _: float) -> dict:
        return self._batch_of_clips(model, batch, 1)

    def _batch_of_test(self, model: dict, batch: int, _: float) -> dict:
        return self._batch_of_clips(model, 1, batch)

    def _batch_of_clips(self, model: dict, batch: int, views: int) -> dict:
        classes = model['cls_head']['num_classes']
        return dict(
            inputs=[
                self._pixels(views, *self._shape(model)) for _ in range(batch)
            ],
            data_samples=[
                ActionDataSample().set_gt_label(index % classes)
                for index in range(batch)
            ])

    def _batch_of_detect(self, model: dict, batch: int, _: float) -> dict:
        # a film of 4:3; patches of 16 pad its 341 columns to 352
        _, frames, height, _ = self._shape(model)
        height = height * 256 // 224
        width = height * 4 // 3
        samples = []
        for _index in range(batch):
            sample = ActionDataSample(
                metainfo=dict(
                    img_shape=(height, width),
                    scores=torch.full((2, ), 0.9).numpy()))
            boxes = torch.tensor([[0., 0., width / 2, height],
                                  [width / 3, 0., width, height]])
            sample.proposals = InstanceData(bboxes=boxes)
            samples.append(sample)
        return dict(
            inputs=[
                self._pixels(3, frames, height, width) for _ in range(batch)
            ],
            data_samples=samples)

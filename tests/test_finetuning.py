"""From a pre-training checkpoint to dumped scores, on tiny networks."""
import pickle
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import cv2
import mmaction
import numpy as np
import pytest
import torch
from mmaction.structures import ActionDataSample
from mmengine.config import Config
from mmengine.dataset import Compose
from mmengine.registry import MODELS, DefaultScope
from mmengine.runner import Runner

from mvd_mm.positions import resize_position_table

pytest.importorskip('decord')
ROOT = Path(__file__).parents[1]
LEAF = ('configs/mvd/quickstart/vit-micro-p8_mvd-teachers-micro-15e-pre_'
        '1xb16-8x2x1-8e_motion-shapes-rgb.py')
KNN = ('configs/mvd/probes/vit-base-p16_mvd-teachers-base-400e-pre_knn-probe_'
       '8xb32-16x4x1_kinetics400-rgb.py')
HOST = """_base_ = [
    'mmaction::recognition/videomae/'
    'vit-base-p16_videomae-k400-pre_16x4x1_kinetics-400.py'
]
custom_imports = dict(imports=['mvd_mm'], allow_failed_imports=False)
"""


@pytest.fixture
def videos(tmp_path, make_video):
    """Six videos of 12 frames and a list of them."""
    for index in range(6):
        make_video(tmp_path / f'{index}.mp4', num_frames=12, size=(64, 64))
    (tmp_path / 'list.txt').write_text(''.join(f'{i}.mp4 {i % 3}\n'
                                               for i in range(6)))
    return tmp_path


def recogniser(backbone, **more):
    cfg = dict(
        type='Recognizer3D',
        backbone=dict(type='mvd_mm.MVDVisionTransformer', **backbone),
        cls_head=dict(
            type='mvd_mm.RecognitionHead',
            num_classes=3,
            in_channels=backbone['embed_dims']),
        data_preprocessor=dict(
            type='ActionDataPreprocessor', format_shape='NCTHW'))
    with DefaultScope.overwrite_default_scope('mmaction'):
        model = MODELS.build(cfg)
        model.init_weights()
    return model


def test_tools_fine_tune_from_a_student_test_and_dump_scores(videos):
    cfg = Config.fromfile(ROOT / LEAF)
    backbone = cfg.model.backbone.to_dict()
    backbone.pop('type'), backbone.pop('init_cfg')
    student = recogniser(dict(backbone, use_mean_pooling=False))
    torch.save(student.state_dict(), videos / 'student.pth')

    options = [f'model.backbone.init_cfg.checkpoint={videos}/student.pth']
    for split in ('train', 'val', 'test'):
        loader = f'{split}_dataloader'
        options += [
            f'{loader}.dataset.ann_file={videos}/list.txt',
            f'{loader}.dataset.data_prefix.video={videos}',
            f'{loader}.num_workers=0', f'{loader}.persistent_workers=False',
            f'{loader}.batch_size=3'
        ]
    options += ['train_cfg.max_epochs=1', 'train_cfg.val_interval=1']

    def run(*command):
        return subprocess.run([
            sys.executable, *command, '--work-dir', f'{videos}/run',
            '--cfg-options', *options
        ],
                              cwd=ROOT,
                              check=True,
                              text=True,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT).stdout

    log = run('tools/train.py', LEAF)
    assert 'effective batch 3 = 1 processes x 3 per process' in log
    assert '1 epochs, 2 iterations' in log
    log = run('tools/test.py', LEAF, f'{videos}/run/epoch_1.pth', '--dump',
              f'{videos}/scores.pkl')
    with open(videos / 'scores.pkl', 'rb') as file:
        dumped = pickle.load(file)
    scores = np.stack([row['pred_score'].numpy() for row in dumped])
    labels = np.array([row['gt_label'].item() for row in dumped])
    assert labels.tolist() == [0, 1, 2, 0, 1, 2]
    np.testing.assert_allclose(scores.sum(1), 1, rtol=1e-5)
    top1 = (scores.argmax(1) == labels).mean()
    order = scores.argsort(1)[:, -5:]
    top5 = (order == labels[:, None]).any(1).mean()
    assert f'acc/top1: {top1:.4f}  acc/top5: {top5:.4f}' in log


@pytest.mark.parametrize('processes', [1, 2])
def test_knn_probe_of_a_student_by_the_path_of_its_checkpoint(
        videos, vit_cfg, processes):
    for index in range(6):  # unlike each other
        writer = cv2.VideoWriter(
            str(videos / f'{index}.mp4'), cv2.VideoWriter_fourcc(*'mp4v'), 10,
            (64, 64))
        coarse = np.random.randint(256, size=(4, 4, 3), dtype=np.uint8)
        for _ in range(3):
            writer.write(cv2.resize(coarse, (64, 64)))
        writer.release()
    vit = vit_cfg(img_size=224, patch_size=32, num_frames=16)
    student = recogniser(dict(vit, use_mean_pooling=False))
    state = {
        k: v
        for k, v in student.state_dict().items() if k.startswith('backbone.')
    }
    state['branches.image.decoder.mask_token'] = torch.ones(1, 1, 16)
    torch.save(dict(state_dict=state, meta={}), videos / 'student.pth')
    options = [f'model.backbone.{k}={v}' for k, v in vit.items()]
    # 6 clips of 3 classes; with one neighbour each finds itself
    options += ['test_cfg.num_classes=3', 'test_cfg.neighbours=1']
    for loader in ('test_dataloader', 'test_cfg.bank_dataloader'):
        options += [
            f'{loader}.dataset.ann_file={videos}/list.txt',
            f'{loader}.dataset.data_prefix.video={videos}',
            f'{loader}.num_workers=0', f'{loader}.batch_size=2'
        ]
    launch, launcher = [], []
    if processes > 1:
        launch = [
            '-m', 'torch.distributed.run', f'--nproc-per-node={processes}',
            '--standalone'
        ]
        launcher = ['--launcher', 'pytorch']
    log = subprocess.run([
        sys.executable, *launch, 'tools/test.py', KNN, videos / 'student.pth',
        '--work-dir', videos / 'run', '--dump', videos / 'scores.pkl',
        *launcher, '--cfg-options', *options
    ],
                         cwd=ROOT,
                         text=True,
                         stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT).stdout
    assert 'acc/top1: 1.0000' in log, log
    assert 'a part this model does not have' in log
    assert 'unexpected key' not in log
    with open(videos / 'scores.pkl', 'rb') as file:
        dumped = pickle.load(file)
    scores = torch.stack([row['pred_score'] for row in dumped])
    torch.testing.assert_close(scores, torch.eye(3).repeat(2, 1))


def test_starts_from_the_students_weights_with_a_norm_of_its_own(
        tmp_path, vit_cfg, randomise):
    student = randomise(recogniser(vit_cfg(use_mean_pooling=False))).backbone
    path = str(tmp_path / 'student.pth')
    torch.save({
        f'backbone.{k}': v
        for k, v in student.state_dict().items()
    }, path)
    tuned = recogniser(
        vit_cfg(init_cfg=dict(type='Pretrained', checkpoint=path))).backbone
    state = student.state_dict()
    assert (tuned.fc_norm.weight == 1).all()
    for name, weight in tuned.state_dict().items():
        if not name.startswith('fc_norm'):
            assert (weight == state[name]).all(), name


def test_a_file_of_another_width_or_none_is_refused(tmp_path, vit_cfg):
    path = str(tmp_path / 'other.pth')
    state = recogniser(vit_cfg(embed_dims=16)).backbone.state_dict()
    torch.save({f'backbone.{k}': v for k, v in state.items()}, path)
    with pytest.raises(ValueError, match='of another shape'):
        recogniser(vit_cfg(init_cfg=dict(type='Pretrained', checkpoint=path)))
    with pytest.raises(FileNotFoundError, match='no_such.pth'):
        recogniser(
            vit_cfg(
                init_cfg=dict(type='Pretrained', checkpoint='no_such.pth')))


@pytest.mark.parametrize('frames, size', [(8, 224), (32, 224), (16, 288),
                                          (16, (192, 256)), (8, (192, 256))])
def test_other_frames_and_sizes_train_and_test_from_16x224(
        tmp_path, frames, size):
    vit = dict(embed_dims=32, depth=1, num_heads=2)
    source = recogniser(vit)
    path = str(tmp_path / 'source.pth')
    torch.save(source.state_dict(), path)
    model = recogniser(
        dict(
            vit,
            num_frames=frames,
            img_size=size,
            init_cfg=dict(type='Pretrained', checkpoint=path)))
    height, width = size if isinstance(size, tuple) else (size, size)
    grid = frames // 2, height // 16, width // 16
    torch.testing.assert_close(
        model.backbone.pos_embed,
        resize_position_table(source.backbone.pos_embed, (8, 14, 14), grid))
    clip = torch.randn(1, 2, 3, frames, height, width)  # two views
    samples = [ActionDataSample().set_gt_label(1)]
    result, = model.eval()(clip, data_samples=samples, mode='predict')
    assert result.pred_score.sum().item() == pytest.approx(1, rel=1e-5)
    before = model.backbone.blocks[0].attn.qkv.weight.clone()
    model.cls_head.fc_cls.weight.data.normal_()
    optimizer = torch.optim.SGD(model.parameters(), lr=1.)
    loss = model.train()(
        clip[:, :1], data_samples=samples, mode='loss')['loss_cls']
    loss.backward()
    optimizer.step()
    assert (model.backbone.blocks[0].attn.qkv.weight != before).any()


def test_backbone_trains_in_the_hosts_videomae_config(videos):
    path = videos / 'mixed.py'
    path.write_text(HOST)
    cfg = Config.fromfile(path)
    # the host's keys stay: mlp_ratio, qkv_bias, norm_cfg
    cfg.merge_from_dict(
        dict(
            model=dict(
                backbone=dict(
                    type='mvd_mm.MVDVisionTransformer',
                    img_size=32,
                    patch_size=8,
                    embed_dims=32,
                    depth=2,
                    num_heads=4,
                    num_frames=4),
                cls_head=dict(num_classes=3, in_channels=32))))
    pipeline = [
        dict(type='DecordInit'),
        dict(type='SampleFrames', clip_len=4, frame_interval=1, num_clips=1),
        dict(type='DecordDecode'),
        dict(type='Resize', scale=(32, 32), keep_ratio=False),
        dict(type='FormatShape', input_format='NCTHW'),
        dict(type='PackActionInputs')
    ]
    for name in ('val', 'test'):
        for key in ('dataloader', 'evaluator', 'cfg'):
            cfg.pop(f'{name}_{key}', None)
    cfg.train_dataloader = dict(
        batch_size=3,
        num_workers=0,
        sampler=dict(type='DefaultSampler', shuffle=True),
        dataset=dict(
            type='VideoDataset',
            ann_file=str(videos / 'list.txt'),
            data_prefix=dict(video=str(videos)),
            pipeline=pipeline))
    cfg.train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=1)
    cfg.optim_wrapper = dict(
        optimizer=dict(type='AdamW', lr=1e-2, weight_decay=0.05),
        constructor='LearningRateDecayOptimizerConstructor',
        paramwise_cfg=dict(num_layers=2, decay_rate=0.75))
    cfg.default_hooks.checkpoint.save_best = None
    cfg.work_dir, cfg.experiment_name = str(videos / 'run'), uuid4().hex
    runner = Runner.from_cfg(cfg)
    before = runner.model.backbone.blocks[0].attn.qkv.weight.detach().clone()
    runner.train()
    assert runner.iter == 2
    weight = runner.model.backbone.blocks[0].attn.qkv.weight
    assert (weight != before).any() and weight.isfinite().all()


def test_hosts_tool_dumps_the_features_of_a_fine_tuned_model(videos, vit_cfg):
    tool = (
        Path(mmaction.__file__).parent / '.mim' / 'tools' / 'misc' /
        'clip_feature_extraction.py')
    vit = vit_cfg(img_size=48, num_frames=8)
    model = recogniser(vit)
    torch.save(dict(state_dict=model.state_dict()), videos / 'tuned.pth')
    loader = 'test_dataloader'
    subprocess.run(
        [
            sys.executable,
            tool,
            LEAF,
            videos / 'tuned.pth',
            videos / 'feats',
            '--video-list',
            videos / 'list.txt',
            '--multi-view',
            '--cfg-options',
            f'{loader}.dataset.data_prefix.video={videos}',
            f'{loader}.num_workers=0',
            f'{loader}.persistent_workers=False',
            # as the published recognisers; the leaf's gives tokens
            'model.backbone.use_mean_pooling=True',
            *(f'model.backbone.{k}={v}' for k, v in vit.items())
        ],
        cwd=ROOT,
        check=True)
    cfg = Config.fromfile(ROOT / LEAF)
    with DefaultScope.overwrite_default_scope('mmaction'):
        sample = Compose(cfg.test_pipeline)(
            dict(filename=str(videos / '4.mp4'), label=1, start_index=0))
    mean = torch.tensor(cfg.model.data_preprocessor.mean).view(3, 1, 1, 1)
    std = torch.tensor(cfg.model.data_preprocessor.std).view(3, 1, 1, 1)
    with torch.no_grad():
        views = model.eval().backbone((sample['inputs'] - mean) / std)
    with open(videos / 'feats' / '4.mp4.pkl', 'rb') as file:
        feature = pickle.load(file)
    assert feature.shape == (3, 32)
    torch.testing.assert_close(feature, views, rtol=1e-4, atol=1e-5)

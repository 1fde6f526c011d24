"""Configs of the models of a case."""
from typing import Dict, Sequence, Tuple, Union

__all__ = ['finetune_cfg', 'pretrain_cfg', 'stage1_cfg']

#: names of the losses, in lower case and without `_`
CRITERIA = {
    'smoothl1': 'smooth_l1',
    'l1': 'l1',
    'l2': 'l2',
    'mse': 'l2',
}
_VIT = ('embed_dims', 'depth', 'num_heads', 'mlp_ratio', 'qkv_bias',
        'init_values')


def _clip(case: dict) -> Dict:
    return {
        k: case[k]
        for k in ('img_size', 'patch_size', 'num_frames', 'tubelet_size')
    }


def _sides(size: Union[int, Sequence[int]]) -> Tuple[int, int]:
    """Height and width."""
    if isinstance(size, int):
        return size, size
    height, width = size
    return height, width


def _criterion(name: str) -> str:
    plain = str(name).lower().replace('_', '')
    if plain not in CRITERIA:
        raise ValueError('`loss_type` must be one of SmoothL1, L1 and L2, got '
                         f'{name!r}')
    return CRITERIA[plain]


def finetune_cfg(case: dict) -> dict:
    """Config of the classifier.

    Args:
        case (dict): Options of a case.

    Returns:
        dict: For ``MODELS.build``.
    """
    return dict(
        type='mmaction.Recognizer3D',
        backbone=dict(
            type='mvd_mm.MVDVisionTransformer',
            **_clip(case),
            **{k: case[k]
               for k in _VIT if k in case}),
        cls_head=dict(
            type='mmaction.TimeSformerHead',
            num_classes=case['num_classes'],
            in_channels=case['embed_dims']))


def pretrain_cfg(case: dict) -> dict:
    """Config of the whole distillation.

    Args:
        case (dict): Options of a case.

    Returns:
        dict: For ``MODELS.build``.

    Raises:
        ValueError: If the case has an unknown loss.
    """
    tubelet, frames = case['tubelet_size'], case['num_frames']
    all_frames = not case.get('one_frame_per_tubelet', True)
    teachers = _teachers(case, all_frames)
    widths = {k: t['vit']['embed_dims'] for k, t in teachers.items()}
    if all_frames and 'image' in widths:
        widths['image'] *= tubelet
    grid = (frames // tubelet, *(side // case['patch_size']
                                 for side in _sides(case['img_size'])))
    # said once, they are of the student and of its decoders
    common = {k: case[k] for k in _VIT if k in case}
    return dict(
        type='mvd_mm.MVD',
        backbone=dict(
            type='mvd_mm.MVDVisionTransformer',
            use_mean_pooling=False,
            **_clip(case),
            **{
                **common,
                **case['student']
            }),
        branches={
            name:
            dict(
                teacher=teacher,
                decoder=dict(
                    type='mvd_mm.MaskedTokenDecoder',
                    in_channels=case['student']['embed_dims'],
                    out_channels=widths[name],
                    grid_size=grid,
                    **{
                        **common,
                        **case['decoder']
                    }),
                head=dict(
                    type='mvd_mm.FeatureDistillHead',
                    norm_target=case.get('norm_feature', False),
                    loss=dict(
                        type='mvd_mm.RegressionLoss',
                        criterion=_criterion(case['loss_type'][name]),
                        loss_weight=case['loss_weight'][name])))
            for name, teacher in teachers.items()
        })


def stage1_cfg(case: dict) -> dict:
    """Config of MAE on single frames or VideoMAE on clips.

    Args:
        case (dict): Options of a case.

    Returns:
        dict: For ``MODELS.build``.
    """
    mae = case['kind'] == 'mae_pretrain'
    patch, tubelet = case['patch_size'], case['tubelet_size']
    common = dict(
        pos_embed_type='sincos_2d' if mae else 'sinusoid_1d',
        **{k: case[k]
           for k in _VIT if k in case})
    if mae:  # its qkv always has its whole bias
        common['qkv_bias'] = 'full'
    sizes = {
        part: {
            **common,
            **{
                k: v
                for k, v in case[part].items() if not (mae and k == 'qkv_bias')
            }
        }
        for part in ('encoder', 'decoder')
    }
    if case['norm_target']:
        target = 'patch' if mae else 'channel'
    else:
        target = 'none' if mae else 'pixels'
    return dict(
        type='mvd_mm.MaskedAutoencoder',
        backbone=dict(
            type='mvd_mm.MVDVisionTransformer',
            use_mean_pooling=False,
            with_cls_token=mae,
            **_clip(case),
            **sizes['encoder']),
        decoder=dict(
            type='mvd_mm.MaskedTokenDecoder',
            in_channels=case['encoder']['embed_dims'],
            out_channels=3 * tubelet * patch**2,
            grid_size=(case['num_frames'] // tubelet,
                       *(side // patch for side in _sides(case['img_size']))),
            proj_bias=mae,
            num_extra_tokens=int(mae),
            **sizes['decoder']),
        head=dict(
            type='mvd_mm.PixelReconstructionHead',
            patch_size=patch,
            tubelet_size=tubelet,
            norm_target=target))


def _teachers(case: dict, all_frames: bool) -> Dict[str, dict]:
    teachers = {}
    if 'image_teacher' in case:
        # MAE's qkv always has its whole bias
        vit = {
            k: v
            for k, v in case['image_teacher'].items() if k != 'qkv_bias'
        }
        for key in ('img_size', 'patch_size'):
            vit[key] = case.get(f'image_teacher_{key}', case[key])
        teachers['image'] = dict(
            type='mvd_mm.MAEImageTeacher',
            vit=vit,
            num_frames=case['num_frames'],
            tubelet_size=case['tubelet_size'],
            all_frames=all_frames,
            view='imgs_image_teacher')
    if 'video_teacher' in case:
        teachers['video'] = dict(
            type='mvd_mm.VideoMAETeacher',
            vit=dict(_clip(case), **case['video_teacher']))
    return teachers

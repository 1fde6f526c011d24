"""Encoders of Hugging Face's ``transformers``, read from local files alone."""
import json
from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Optional

from mmengine.logging import print_log
from mmengine.utils import digit_version
from torch import nn

__all__ = [
    'TESTED', 'VIDEO', 'build_encoder', 'encoder_config',
    'load_encoder_weights', 'require_transformers'
]

# the first whose `hidden_states` end before the closing norm in every model
_OLDEST = '5.0'
#: model types with tests of their own
TESTED = ('clip', 'siglip', 'siglip2', 'dinov2', 'dinov2_with_registers',
          'dinov3_vit', 'vit_mae', 'videomae', 'vjepa2')
#: of these, the ones that see a whole clip at once
VIDEO = ('videomae', 'vjepa2')

# what the shapes of weights do not tell, or tell less clearly
_ARCHITECTURE = ('model_type', 'hidden_size', 'num_hidden_layers',
                 'num_attention_heads', 'patch_size', 'tubelet_size',
                 'image_size', 'crop_size', 'num_frames', 'num_patches',
                 'num_register_tokens', 'hidden_act', 'layer_norm_eps',
                 'rope_theta')


def require_transformers() -> Any:
    """Import ``transformers``, or say how to get it.

    Returns:
        module: ``transformers``.

    Raises:
        RuntimeError: If it is missing or too old. Not an ImportError: MMEngine
            would replace its message.
    """
    hint = (f'`pip install "transformers>={_OLDEST}"`, or `pip install '
            '"mvd_mm[transformers]"`')
    if find_spec('transformers') is None:
        raise RuntimeError('mvd_mm.TransformersTeacher needs the package '
                           f'transformers, which is not installed: {hint}')
    # optional package
    import transformers
    if digit_version(transformers.__version__) < digit_version(_OLDEST):
        raise RuntimeError(
            f'mvd_mm.TransformersTeacher needs transformers {_OLDEST} or '
            f'newer, but {transformers.__version__} is installed, whose '
            f'hidden states are counted in another way: {hint}')
    return transformers


def encoder_config(config: Optional[dict], checkpoint: Optional[str]) -> Any:
    """Read the architecture, from a config or from a folder.

    Args:
        config (dict, optional): ``model_type`` and arguments of that model's
            configuration class. None: ``config.json`` of the folder.
        checkpoint (str, optional): Folder.

    Returns:
        PretrainedConfig: Of the vision encoder alone.

    Raises:
        FileNotFoundError: If the folder, or ``config.json`` in it, is missing.
        ValueError: If ``transformers`` does not know the model or an argument
            of it, or the model is no vision encoder.
    """
    transformers = require_transformers()
    if config is None:
        if checkpoint is None:
            raise ValueError(
                'TransformersTeacher needs `checkpoint` (a folder with '
                'config.json and weights), or `config` with `model_type`, or '
                'both')
        _check_folder(checkpoint, 'config.json')
        config = json.loads((Path(checkpoint) / 'config.json').read_text())
        unknown_keys_matter = False  # files of all ages hold extra keys
    else:
        unknown_keys_matter = True
    arguments = dict(config)
    kind = arguments.pop('model_type', None)
    known = transformers.CONFIG_MAPPING
    if kind not in known:
        close = get_close_matches(str(kind), list(known), n=3)
        hint = f'did you mean one of {close}? ' if close else ''
        raise ValueError(
            f'`model_type` is {kind!r}, which transformers '
            f'{transformers.__version__} does not know: {hint}Tested here are '
            f'{list(TESTED)}; a newer model needs a newer transformers')
    if unknown_keys_matter:
        default = known[kind]()
        _check_arguments('config', kind, arguments, default)
        if 'vision_config' in arguments:
            _check_arguments('config.vision_config', kind,
                             arguments['vision_config'], default.vision_config)
    full = known[kind].from_dict(arguments)
    return getattr(full, 'vision_config', full)


def _check_arguments(place: str, kind: str, arguments: dict,
                     default: Any) -> None:
    """Refuse what transformers would keep and never read."""
    for key in arguments:
        if not hasattr(default, key):
            close = get_close_matches(key, list(default.to_dict()), n=1)
            hint = f'; did you mean {close[0]!r}?' if close else ''
            raise ValueError(f'`{place}.{key}`: a model of type {kind!r} has '
                             f'no argument {key!r}{hint}')


def _check_agreement(config: Any, checkpoint: str) -> None:
    """Refuse a config that the weights would fit but were not trained with."""
    theirs = encoder_config(None, checkpoint)
    keys = [
        key for key in _ARCHITECTURE
        if getattr(config, key, None) != getattr(theirs, key, None)
    ]
    if keys:
        raise ValueError(
            '`config` of TransformersTeacher differs from config.json in '
            f'{checkpoint!r}: ' +
            ', '.join(f'{key} is {getattr(config, key, None)!r} and there '
                      f'{getattr(theirs, key, None)!r}' for key in keys) +
            '. Leave `config` out to take that of the folder')


def _check_folder(checkpoint: str, *names: str) -> None:
    folder = Path(checkpoint)
    if not folder.is_dir():
        raise FileNotFoundError(
            f'`checkpoint` of TransformersTeacher is no folder: '
            f'{checkpoint!r}. Nothing is downloaded: on a machine with '
            'network access run `hf download OWNER/MODEL --local-dir FOLDER`, '
            'and name FOLDER')
    if not any((folder / name).is_file() for name in names):
        present = sorted(path.name for path in folder.iterdir())
        raise FileNotFoundError(
            f'`checkpoint` {checkpoint!r} holds none of {list(names)}; it '
            f'holds {present[:8]}. Name the folder that `save_pretrained` or '
            '`hf download --local-dir` wrote')


def build_encoder(config: Any) -> nn.Module:
    """Build the encoder with random weights.

    Raises:
        ValueError: If ``transformers`` has no encoder for this configuration.
    """
    transformers = require_transformers()
    if config.model_type == 'vit_mae':
        config.mask_ratio = 0.  # a teacher sees every patch
    try:
        model = transformers.AutoModel.from_config(config)
    except ValueError as error:
        raise ValueError(f'a model of type {config.model_type!r} is no vision '
                         f'encoder of transformers: {error}') from None
    if config.model_type == 'vjepa2':
        model.predictor = None  # of no use without masks
    return model


def load_encoder_weights(model: nn.Module, config: Any,
                         checkpoint: str) -> None:
    """Load the weights of a folder, every one that the encoder has.

    What else the folder holds (a text encoder, a decoder, a head) is left
    out, and the log says how much that is.

    Raises:
        FileNotFoundError: If the folder or its weights are missing.
        ValueError: If a weight of the encoder is missing or has another shape.
    """
    transformers = require_transformers()
    _check_agreement(config, checkpoint)
    _check_folder(checkpoint, 'model.safetensors', 'pytorch_model.bin',
                  'model.safetensors.index.json',
                  'pytorch_model.bin.index.json')
    log = transformers.utils.logging
    level = log.get_verbosity()
    log.set_verbosity_error()  # its table of keys is summed up below
    log.disable_progress_bar()
    try:
        loaded, report = transformers.AutoModel.from_pretrained(
            checkpoint,
            config=config,
            local_files_only=True,
            ignore_mismatched_sizes=True,  # they are in the report
            output_loading_info=True,
            dtype='float32')
    finally:
        log.set_verbosity(level)
        log.enable_progress_bar()
    missing = {
        *report['missing_keys'], *(key[0] for key in report['mismatched_keys'])
    }
    weights = loaded.state_dict()
    wrong = sorted(missing & set(model.state_dict()))
    if wrong:
        raise ValueError(
            f'{len(wrong)} of {len(weights)} weights of the '
            f'{config.model_type!r} encoder are missing in {checkpoint!r} or '
            f'have another shape: {wrong[:5]}. `config` must agree with the '
            'config.json of the folder; leave it out to take that')
    model.load_state_dict({key: weights[key] for key in model.state_dict()})
    rest = len(report['unexpected_keys'])
    if rest:
        print_log(
            f'{checkpoint}: {rest} weights beside the encoder are not used, '
            f'e.g. {min(report["unexpected_keys"])}',
            logger='current')

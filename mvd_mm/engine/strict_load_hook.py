"""No test of a network of which half was loaded."""
from typing import Dict, List

from mmaction.models.recognizers.base import BaseRecognizer
from mmengine.hooks import Hook
from mmengine.model import is_model_wrapper
from mmengine.runner import BaseLoop

from mvd_mm.checkpoints import load_strictly, name_weights, unwrap
from mvd_mm.models import MVDVisionTransformer
from mvd_mm.registry import HOOKS

__all__ = ['StrictLoadHook']


@HOOKS.register_module()
class StrictLoadHook(Hook):
    """Read any known file where a recogniser is tested, and read it whole.

    MMEngine loads what has the model's names and warns of the rest, so that a
    published file, whose names are others, would be tested with random
    weights. Here names are translated, and what is missing, left over or of
    another shape is an error. Weights of parts that the model does not have
    at all, such as the decoders of a pre-training whose encoder is probed,
    are left out, with a line in the log.

    Training is left alone: there, ``load_from`` with another head is common
    use, and ``model.backbone.init_cfg`` loads strictly.
    """

    priority = 'ABOVE_NORMAL'  # EMAHook looks for `state_dict` as well

    def after_load_checkpoint(self, runner, checkpoint: dict) -> None:
        """Load, and leave nothing for MMEngine to guess.

        Raises:
            KeyError: If a key of the file is not accounted for.
            ValueError: If the kind of file is not known, or does not fit.
        """
        model = runner.model
        if is_model_wrapper(model):
            model = model.module
        testing = isinstance(getattr(runner, '_test_loop', None), BaseLoop)
        if not testing or runner._resume or not (
                isinstance(model, BaseRecognizer)
                and isinstance(model.backbone, MVDVisionTransformer)):
            return
        source = str(runner._load_from)
        weights, _, dropped = name_weights(unwrap(checkpoint, source))
        dropped = {**dropped, **_drop_foreign(weights, model.state_dict())}
        load_strictly(model, weights, source=source, dropped=dropped)
        checkpoint['state_dict'] = model.state_dict()


def _drop_foreign(weights: Dict, expected: Dict) -> Dict[str, List[str]]:
    """Take out weights of parts that the model does not have."""
    parts = {key.split('.')[0] for key in expected}
    foreign = [key for key in weights if key.split('.')[0] not in parts]
    for key in foreign:
        del weights[key]
    return {'parts that this model does not have': foreign} if foreign else {}

"""Registry nodes of mvd_mm.

Each node is a child of the *root* registry in MMEngine (not of MMAction2's),
so that a config may write ``mvd_mm.X`` under any default scope: ``mmaction``
for recognition, ``mmdet`` for detection. Only the kinds of node that this
package adds modules to are created.
"""
from mmengine.registry import DATA_SAMPLERS as MMENGINE_DATA_SAMPLERS
from mmengine.registry import DATASETS as MMENGINE_DATASETS
from mmengine.registry import HOOKS as MMENGINE_HOOKS
from mmengine.registry import LOOPS as MMENGINE_LOOPS
from mmengine.registry import METRICS as MMENGINE_METRICS
from mmengine.registry import MODELS as MMENGINE_MODELS
from mmengine.registry import OPTIM_WRAPPERS as MMENGINE_OPTIM_WRAPPERS
from mmengine.registry import OPTIMIZERS as MMENGINE_OPTIMIZERS
from mmengine.registry import PARAM_SCHEDULERS as MMENGINE_PARAM_SCHEDULERS
from mmengine.registry import STRATEGIES as MMENGINE_STRATEGIES
from mmengine.registry import TASK_UTILS as MMENGINE_TASK_UTILS
from mmengine.registry import TRANSFORMS as MMENGINE_TRANSFORMS
from mmengine.registry import Registry

__all__ = [
    'MODELS', 'DATASETS', 'DATA_SAMPLERS', 'TRANSFORMS', 'PARAM_SCHEDULERS',
    'OPTIM_WRAPPERS', 'OPTIMIZERS', 'HOOKS', 'LOOPS', 'STRATEGIES', 'METRICS',
    'TASK_UTILS'
]

# backbones, teachers, decoders, heads, losses, pre-trainers, preprocessors
MODELS = Registry(
    'model',
    parent=MMENGINE_MODELS,
    scope='mvd_mm',
    locations=['mvd_mm.models'])
# lists of videos that are checked before the first iteration
DATASETS = Registry(
    'dataset',
    parent=MMENGINE_DATASETS,
    scope='mvd_mm',
    locations=['mvd_mm.datasets'])
# the order of samples, with a place to start from
DATA_SAMPLERS = Registry(
    'data sampler',
    parent=MMENGINE_DATA_SAMPLERS,
    scope='mvd_mm',
    locations=['mvd_mm.datasets.samplers'])
# sampling of frames, masking, augmentation, views
TRANSFORMS = Registry(
    'transform',
    parent=MMENGINE_TRANSFORMS,
    scope='mvd_mm',
    locations=['mvd_mm.datasets.transforms'])
# the published per-iteration schedule
PARAM_SCHEDULERS = Registry(
    'parameter scheduler',
    parent=MMENGINE_PARAM_SCHEDULERS,
    scope='mvd_mm',
    locations=['mvd_mm.engine'])
# mixed precision that also runs without a GPU
OPTIM_WRAPPERS = Registry(
    'optimizer wrapper',
    parent=MMENGINE_OPTIM_WRAPPERS,
    scope='mvd_mm',
    locations=['mvd_mm.engine'])
# AdamW in one pass over the weights
OPTIMIZERS = Registry(
    'optimizer',
    parent=MMENGINE_OPTIMIZERS,
    scope='mvd_mm',
    locations=['mvd_mm.engine'])
# what is checked and logged during a run
HOOKS = Registry(
    'hook',
    parent=MMENGINE_HOOKS,
    scope='mvd_mm',
    locations=['mvd_mm.engine', 'mvd_mm.visualization'])
# a test without training: nearest neighbours
LOOPS = Registry(
    'loop', parent=MMENGINE_LOOPS, scope='mvd_mm', locations=['mvd_mm.engine'])
# weights and optimiser states spread over processes
STRATEGIES = Registry(
    'strategy',
    parent=MMENGINE_STRATEGIES,
    scope='mvd_mm',
    locations=['mvd_mm.engine'])
# detection by the published rules
METRICS = Registry(
    'metric',
    parent=MMENGINE_METRICS,
    scope='mvd_mm',
    locations=['mvd_mm.evaluation'])
# which box of the ground truth a proposal of detection belongs to
TASK_UTILS = Registry(
    'task util',
    parent=MMENGINE_TASK_UTILS,
    scope='mvd_mm',
    locations=['mvd_mm.models'])

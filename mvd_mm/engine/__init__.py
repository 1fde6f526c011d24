from .autocast_optim_wrapper import AutocastOptimWrapper
from .broken_videos_hook import BrokenVideosHook
from .compile_blocks_hook import CompileBlocksHook, compile_blocks
from .data_wait_hook import DataWaitHook
from .deepspeed_strategy import DeepSpeedStrategy
from .deferred_info_hook import DeferredInfoHook
from .finite_loss_hook import FiniteLossHook
from .fsdp_strategy import FSDPStrategy
from .fused_adamw import FusedAdamW
from .grad_norm_hook import GradNormHook
from .knn_test_loop import KNNTestLoop
from .label_range_hook import LabelRangeHook
from .mean_loss_hook import MeanLossHook
from .preemption_hook import PreemptionHook
from .resumable_train_loop import ResumableTrainLoop
from .run_summary_hook import RunSummaryHook
from .safe_checkpoint_hook import SafeCheckpointHook
from .seeded_val_loop import SeededValLoop
from .strict_loading_hook import StrictLoadingHook
from .warmup_cosine_lr import WarmupCosineLR

__all__ = [
    'AutocastOptimWrapper', 'BrokenVideosHook', 'CompileBlocksHook',
    'compile_blocks', 'DataWaitHook', 'DeepSpeedStrategy', 'DeferredInfoHook',
    'FSDPStrategy', 'FiniteLossHook', 'FusedAdamW', 'GradNormHook',
    'KNNTestLoop', 'LabelRangeHook', 'MeanLossHook', 'PreemptionHook',
    'ResumableTrainLoop', 'RunSummaryHook', 'SafeCheckpointHook',
    'SeededValLoop', 'StrictLoadingHook', 'WarmupCosineLR'
]

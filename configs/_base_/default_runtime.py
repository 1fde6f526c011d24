# MMAction2's runtime. Keep imports out of configs: with one, MMEngine reads
# the file in its lazy style, where `_base_` below means something else.
_base_ = ['mmaction::_base_/default_runtime.py']

custom_imports = dict(imports=['mvd_mm'], allow_failed_imports=False)

# each process draws its own stochastic depth, dropout and Mixup (seed + rank),
# as published; `tools/train.py --seed` fixes the seed and leaves this
randomness = dict(seed=None, diff_rank_seed=True)

default_hooks = dict(
    # losses are read from a GPU when a line of the log is due, not before
    runtime_info=dict(type='mvd_mm.DeferredInfoHook'),
    # 'auto', inherited, has no meaning where nothing is evaluated
    checkpoint=dict(
        type='mvd_mm.SafeCheckpointHook',
        interval=20,
        # an interrupted run loses at most this
        minutes=30,
        max_keep_ckpts=3,
        save_best=None))
custom_hooks = [
    # effective batch, learning rate, epochs, iterations: in the log at the
    # start
    dict(type='mvd_mm.RunSummaryHook'),
    # stops before an update from a loss or gradient that is NaN or infinite,
    # and says what made it; `max_skips=N` leaves out up to N such updates
    dict(type='mvd_mm.FiniteLossHook'),
    # losses in the log are means over all processes
    dict(type='mvd_mm.MeanLossHook'),
    # labels of all three lists lie within the classes of the network
    dict(type='mvd_mm.LabelRangeHook'),
    # videos that cannot be read: named, counted; stops above 5 % of the list
    dict(type='mvd_mm.BrokenVideosHook'),
    # a warning where more than 30 % of the time is spent waiting for videos
    dict(type='mvd_mm.DataWaitHook'),
    # `grad_norm` in the log; nothing is clipped
    dict(type='mvd_mm.GradNormHook'),
    # SIGTERM and SIGINT: save, then end
    dict(type='mvd_mm.PreemptionHook')
]

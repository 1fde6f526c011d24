# What the configs for your own videos have in common, and what the command
# line may change in all of them, e.g. `--cfg-options network=base size=160`.
data_root = 'data/own'  # holds train.txt and, for fine-tuning, val.txt
videos = f'{data_root}/videos'  # what the paths in the lists start from
network = 'small'  # tiny, small or base
size = 224  # pixels, a multiple of 16
frames = 16  # of a clip, a multiple of 2; MAE sees single frames
frame_interval = 4  # every 4th frame of the video
batch_size = 16  # videos per process
workers = 4

# network -> width and heads
sizes = dict(tiny=(192, 3), small=(384, 6), base=(768, 12))
dataset = dict(
    type='mvd_mm.CheckedVideoDataset',
    data_prefix=dict(video=videos),
    delimiter='auto')
loader = dict(num_workers=workers, persistent_workers=workers > 0)
auto_scale_lr = dict(enable=False, base_batch_size=batch_size)

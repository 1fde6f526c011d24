import pytest
from mmengine.config import Config

from mvd_mm.apis import check_module_arguments
from mvd_mm.registry import HOOKS, OPTIM_WRAPPERS, PARAM_SCHEDULERS, TRANSFORMS


class FakeTransform:

    def __init__(self, grid_size, mask_ratio=0.9):
        pass


class FakeOpenHook:

    def __init__(self, **kwargs):
        self.kwargs = kwargs


class FakeClosedHook:

    def __init__(self, interval=1):
        pass


class FakeWrapper:

    def __init__(self, optimizer, accumulative_counts=1):
        pass


class FakeScheduler:

    def __init__(self, optimizer, end=1):
        pass


@pytest.fixture(autouse=True)
def fake_modules():
    places = ((TRANSFORMS,
               FakeTransform), (HOOKS, FakeOpenHook), (HOOKS, FakeClosedHook),
              (OPTIM_WRAPPERS, FakeWrapper), (PARAM_SCHEDULERS, FakeScheduler))
    for registry, module in places:
        registry.register_module(module=module)
    yield
    for registry, module in places:
        del registry.module_dict[module.__name__]


class TestModuleArguments:

    def test_names_class_key_value_place_and_closest_argument(self):
        step = dict(type='mvd_mm.FakeTransform', grid_size=2, mask_rato=0.5)
        data = dict(
            type='RepeatDataset',
            times=1,
            dataset=dict(
                type='VideoDataset',
                ann_file='x',
                pipeline=[dict(type='DecordInit'), step]))
        cfg = Config(
            dict(
                default_scope='mmaction', train_dataloader=dict(dataset=data)))
        with pytest.raises(TypeError) as error:
            check_module_arguments(cfg)
        for part in ('dataset.pipeline.1.mask_rato=0.5',
                     'mvd_mm.FakeTransform', "did you mean 'mask_ratio'"):
            assert part in str(error.value)

    def test_an_unregistered_module_is_a_key_error_with_a_suggestion(self):
        hook = dict(type='mvd_mm.FakeClosdHook')
        cfg = Config(dict(custom_hooks=[hook]))
        with pytest.raises(KeyError, match='mvd_mm.FakeClosedHook'):
            check_module_arguments(cfg)

    def test_passes_over_classes_with_open_arguments(self):
        # which reads them itself
        hook = dict(type='mvd_mm.FakeOpenHook', anything=1)
        check_module_arguments(Config(dict(custom_hooks=[hook])))

    @pytest.mark.parametrize('section', [
        dict(custom_hooks=[
            dict(type='mvd_mm.FakeClosedHook', priority='LOW', interval=2)
        ]),
        dict(
            optim_wrapper=dict(
                type='mvd_mm.FakeWrapper',
                optimizer=dict(type='AdamW', lr=1e-3),
                paramwise_cfg=dict(),
                constructor='X')),
        dict(
            param_scheduler=dict(
                type='mvd_mm.FakeScheduler',
                _scope_='mvd_mm',
                end=3,
                convert_to_iter_based=True)),
    ])
    def test_accepts_what_mmengine_takes_out_itself(self, section):
        check_module_arguments(Config(section))

    @pytest.mark.parametrize(
        'section, message',
        [
            # a hook's would show at its first checkpoint
            (dict(
                default_hooks=dict(
                    checkpoint=dict(type='CheckpointHook', intervals=1))),
             "checkpoint.intervals=1.*did you mean 'interval'"),
            (dict(optim_wrapper=dict(optimizer=dict(type='AdamW', l=1e-3))),
             'optimizer.l=0.001'),
            (dict(custom_hooks=[dict(type='EMAHook', momentun=1)]),
             "custom_hooks.0.momentun=1.*did you mean 'momentum'"),
            # its arguments are those of its parent
            (dict(
                model=dict(
                    type='mmaction.I3DHead',
                    num_classes=3,
                    in_channels=2,
                    label_smooth_ep=0.1)), "did you mean 'label_smooth_eps'"),
            (dict(model=dict(type='mvd_mm.MAEImageTeacher', vit=dict(dept=3))),
             "model.vit.dept=3.*did you mean 'depth'"),
            # MMAction2's class takes anything and looks at nothing of it
            (dict(
                train_dataloader=dict(
                    dataset=dict(
                        type='mmaction.VideoDataset',
                        ann_file='x',
                        pipeline=[
                            dict(
                                type='mmaction.SampleFrames',
                                clip_len=1,
                                frame_intervl=3)
                        ]))), "did you mean 'frame_interval'"),
            (dict(
                train_dataloader=dict(
                    dataset=dict(
                        type='mvd_mm.CheckedVideoDataset',
                        ann_file='x',
                        pipeline=[dict(type='mmaction.DecordInit')],
                        data_prefix=dict(vido='x')))),
             "reads no 'vido'.*'video'"),
            (dict(model=dict(type='mvd_mm.RegressionLoss', criterion=3)),
             'criterion=3.*takes str, got int'),
            (dict(
                optim_wrapper=dict(
                    optimizer=dict(type='AdamW', lr=float('nan')))),
             'lr=nan.*not a number'),
            (dict(optim_wrapper=dict(optimizer=dict(type='AdamW', lr=-1))),
             '`lr` must be finite, not negative'),
            (dict(optim_wrapper=dict(accumulative_counts=0)),
             '`accumulative_counts` must be a whole number from 1'),
            (dict(custom_hooks=[dict(type='LoggerHook', interval=0)]),
             '`interval` must be at least 1'),
            (dict(train_cfg=dict(by_epoch=True, max_epochs='x')),
             'train_cfg.max_epochs'),
            (dict(train_cfg=dict(by_epoch=True, max_epoch=3)),
             "did you mean 'max_epochs'"),
            (dict(
                model=dict(
                    type='mmaction.ActionDataPreprocessor', std=[1, 0, 1])),
             '`std` must be positive'),
        ])
    def test_the_hosts_classes_are_checked_likewise(self, section, message):
        with pytest.raises((TypeError, ValueError), match=message):
            check_module_arguments(Config(section))

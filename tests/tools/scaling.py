"""Train and test the same with one process and with several; compare.

    python tests/tools/scaling.py [--worlds 1 2 4] [--test-worlds 1 2 3]
        [--iterations 20] [--cases pretraining finetuning fsdp deepspeed]

Pre-training; fine-tuning with accumulated and clipped gradients, a scaled
learning rate and a moving average of the weights; the same spread by FSDP and
by DeepSpeed. The total batch is the same for every number of processes.
Compared are losses, gradient norms and weights, and the predictions of a test.

Draws that belong to a process (stochastic depth, Mixup) are left out: the
published recipe draws them per process, so another number of processes is
another recipe there.

One process imports everything and starts the others as copies of itself.
"""
import argparse
import os
import pickle
import socket
import sys
import tempfile
import traceback
from argparse import Namespace
from pathlib import Path
from typing import Any, Dict, List

os.environ.setdefault('OMP_NUM_THREADS', '1')
os.environ.setdefault('CUDA_VISIBLE_DEVICES', '')
ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402
import torch  # noqa: E402
from mmengine.config import Config  # noqa: E402
from mmengine.hooks import Hook  # noqa: E402

import mvd_mm.datasets  # noqa: E402
import mvd_mm.engine  # noqa: E402
import mvd_mm.models  # noqa: E402, F401
from mvd_mm.apis import build_runner  # noqa: E402
from tests.tools.interruptions import write_videos  # noqa: E402

TOTAL_BATCH = 4
NUM_TRAINED, NUM_TESTED = 12, 11  # 11: not divisible by 2 or 3
COMMON = '''
train_cfg = dict(max_epochs={epochs})
train_dataloader = dict(
    batch_size={batch_size}, num_workers=0, persistent_workers=False,
    pin_memory=False,
    dataset=dict(
        ann_file=r'{root}/train.txt', data_prefix=dict(video=r'{root}')))
param_scheduler = dict(warmup=1)
default_hooks = dict(
    logger=dict(interval=1), checkpoint=dict(interval=1, max_keep_ckpts=-1))
randomness = dict(seed=3, diff_rank_seed=True)
work_dir = r'{work_dir}'
'''
PRETRAINING = '''
_base_ = r'{configs}/{pretraining}'
model = dict(
    backbone=dict(drop_path_rate=0.),
    branches=dict(
        image=dict(teacher=dict(random_init=True)),
        video=dict(teacher=dict(random_init=True))))
optim_wrapper = dict(dtype='float32')
'''
FINETUNING = '''
_base_ = r'{configs}/{finetuning}'
model = dict(
    backbone=dict(drop_path_rate=0.),
    data_preprocessor=dict(blending=None),
    # each process would normalise by its own share of the batch
    cls_head=dict(dropout_ratio=0., batch_norm=False))
optim_wrapper = dict(
    dtype='float32', accumulative_counts=2, clip_grad=dict(max_norm=0.5))
auto_scale_lr = dict(enable=True, base_batch_size=16)
val_dataloader = dict(
    num_workers=0, persistent_workers=False, batch_size=2,
    dataset=dict(
        ann_file=r'{root}/test.txt', data_prefix=dict(video=r'{root}')))
test_dataloader = dict(
    num_workers=0, persistent_workers=False,
    dataset=dict(
        ann_file=r'{root}/test.txt', data_prefix=dict(video=r'{root}')))
'''
SPREAD = '''
runner_type = 'FlexibleRunner'
strategy = dict(type='mvd_mm.{strategy}')
activation_checkpointing = ['backbone.blocks.0', 'backbone.blocks.2']
'''
CASES = dict(
    pretraining=PRETRAINING,
    finetuning=FINETUNING,
    fsdp=FINETUNING + SPREAD.format(strategy='FSDPStrategy'),
    deepspeed=FINETUNING + SPREAD.format(strategy='DeepSpeedStrategy'))
#: what each case is compared with, by one process
REFERENCE = dict(
    pretraining='pretraining',
    finetuning='finetuning',
    fsdp='finetuning',
    deepspeed='finetuning')


class Recorder(Hook):
    """Keep what the log shows of each iteration."""

    priority = 'LOWEST'

    def __init__(self) -> None:
        self.rows: List[Dict[str, float]] = []

    def after_train_iter(self,
                         runner,
                         batch_idx,
                         data_batch=None,
                         outputs=None) -> None:
        scalars = runner.message_hub.log_scalars
        self.rows.append({
            name[6:]: scalars[name].current()
            for name in ('train/loss', 'train/grad_norm', 'train/lr')
            if name in scalars
        })


def config_of(case: str,
              root: Path,
              processes: int,
              epochs: int,
              name: str = '') -> Config:
    """Write and read the config of a case."""
    configs = ROOT / 'configs' / 'mvd' / 'quickstart'
    pretraining, = configs.glob('mvd_*p8_teachers-*motion-shapes-rgb.py')
    finetuning, = configs.glob('vit-micro-p8*_motion-shapes-rgb.py')
    folder = root / f'{name or case}-{processes}'
    text = (CASES[case] + COMMON).format(
        configs=configs,
        pretraining=pretraining.name,
        finetuning=finetuning.name,
        root=root,
        work_dir=folder,
        epochs=epochs,
        batch_size=TOTAL_BATCH // processes)
    path = root / f'{folder.name}-{os.getpid()}.py'
    path.write_text(text)
    cfg = Config.fromfile(path)
    cfg.launcher = 'none' if processes == 1 else 'pytorch'
    return cfg


def train(case: str, root: Path, processes: int, epochs: int,
          **settings: Any) -> Dict[str, Any]:
    """Train; the log's numbers and the weights at the end."""
    name = settings.pop('name', '')
    if case == 'deepspeed':
        import deepspeed

        # on CPUs it would compile an exchange of its own, for minutes; gloo
        # exchanges as well
        deepspeed.ops.__compatible_ops__['deepspeed_shm_comm'] = False
    cfg = config_of(case, root, processes, epochs, name)
    cfg.merge_from_dict(settings)
    if case == 'finetuning':
        cfg.custom_hooks.append(dict(type='EMAHook', momentum=0.1))
    runner = build_runner(cfg, Namespace(cfg_options=None), 'train')
    recorder = Recorder()
    runner.register_hook(recorder)
    begin: Dict[str, torch.Tensor] = {}
    if processes == 1:
        model = runner.model
        model.init_weights = keeping(model, begin)
    runner.train()
    folder = Path(cfg.work_dir) / f'epoch_{epochs}.pth'
    content = torch.load(
        folder / 'mp_rank_00_model_states.pt' if folder.is_dir() else folder,
        weights_only=False)
    weights = content['module' if folder.is_dir() else 'state_dict']
    result = dict(rows=recorder.rows, weights=weights)
    if 'ema_state_dict' in content:  # MMEngine puts the average first
        result['average'] = weights
        result['weights'] = {
            key[7:]: value
            for key, value in content['ema_state_dict'].items()
            if key.startswith('module.')
        }
    if begin:
        result['moved'] = largest(begin, result['weights'])
    leave_group()
    return result


def keeping(model, begin: Dict[str, torch.Tensor]):
    """``init_weights`` that also keeps what it gives."""
    init_weights = model.init_weights

    def init_and_keep() -> None:
        init_weights()
        begin.update({k: v.clone() for k, v in model.state_dict().items()})

    return init_and_keep


def test(root: Path,
         processes: int,
         checkpoint: str,
         part: str,
         case: str = 'finetuning') -> Dict[str, Any]:
    """Test or validate; metrics, and predictions in their order."""
    cfg = config_of(case, root, processes, 1, f'{part}-{case}')
    cfg.load_from = checkpoint
    cfg.custom_hooks = []
    dump = str(root / f'{part}-{case}-{processes}.pkl')
    loader, evaluator = f'{part}_dataloader', f'{part}_evaluator'
    cfg[evaluator] = [
        cfg[evaluator],
        dict(type='DumpResults', out_file_path=dump)
    ]
    if part == 'val':  # on random clips
        cfg.val_cfg = dict(type='mvd_mm.SeededValLoop')
        cfg[loader].dataset.pipeline = cfg.train_dataloader.dataset.pipeline
    runner = build_runner(cfg, Namespace(cfg_options=None), part)
    metrics = getattr(runner, part)()
    if processes > 1:
        torch.distributed.barrier()
    with open(dump, 'rb') as file:
        rows = pickle.load(file)
    leave_group()
    return dict(
        metrics=metrics,
        scores=np.stack([row['pred_score'].numpy() for row in rows]))


def leave_group() -> None:
    if torch.distributed.is_initialized():
        torch.distributed.barrier()
        torch.distributed.destroy_process_group()


def in_processes(number: int, root: Path, function, *args: Any) -> Any:
    """Run a function in copies of this process; what the first one returns."""
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        port = probe.getsockname()[1]
    sys.stdout.flush()
    sys.stderr.flush()
    answer = root / 'answer.pkl'
    answer.unlink(missing_ok=True)
    children = []
    for rank in range(number):
        child = os.fork()
        if child == 0:
            code = 1
            try:
                os.environ.update(
                    RANK=str(rank),
                    LOCAL_RANK=str(rank),
                    WORLD_SIZE=str(number),
                    LOCAL_WORLD_SIZE=str(number),
                    MASTER_ADDR='127.0.0.1',
                    MASTER_PORT=str(port))
                if number == 1:
                    os.environ.pop('RANK')
                log = os.open(root / f'log-{rank}', os.O_WRONLY | os.O_CREAT
                              | os.O_APPEND)
                os.dup2(log, 1)
                os.dup2(log, 2)
                result = function(root, number, *args)
                if rank == 0:
                    with open(answer, 'wb') as file:
                        pickle.dump(result, file)
                code = 0
            except BaseException:  # a copy must not go on as its original
                traceback.print_exc()
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code)
        children.append(child)
    codes = [os.waitstatus_to_exitcode(os.waitpid(c, 0)[1]) for c in children]
    if any(codes):
        logs = '\n'.join(
            (root / f'log-{r}').read_text()[-4000:] for r in range(number))
        raise RuntimeError(f'processes ended with {codes}:\n{logs}')
    with open(answer, 'rb') as file:
        return pickle.load(file)


def train_case(root: Path, processes: int, case: str,
               epochs: int) -> Dict[str, Any]:
    """Train one case; a process forms one group in its life."""
    return train(case, root, processes, epochs)


def resume_case(root: Path, processes: int, case: str,
                epochs: int) -> Dict[str, Any]:
    """Go on from a checkpoint of FSDP, with it or without it."""
    # after an even epoch no gradient is pending
    start = str(root / f'fsdp-{processes}' / 'epoch_2.pth')
    return train(
        case,
        root,
        processes,
        epochs,
        name=f'{case}-resumed',
        resume=True,
        load_from=start)


def test_part(root: Path, processes: int, checkpoint: str,
              part: str) -> Dict[str, Any]:
    """Test, or validate on random clips."""
    return test(root, processes, checkpoint, part)


def differences(one: Dict[str, Any], other: Dict[str, Any]) -> Dict[str, Any]:
    """The largest difference of two trainings."""
    rows = list(zip(one['rows'], other['rows']))
    assert len(one['rows']) == len(other['rows'])
    found: Dict[str, Any] = dict(iterations=len(rows))
    for name in rows[-1][0]:
        if name in rows[-1][1]:
            found[name] = max(
                abs(a[name] / b[name] - 1) for a, b in rows
                if name in a and name in b and b[name])
    for name in ('weights', 'average'):
        if name in one and name in other:
            found[name] = largest(one[name], other[name])
    return found


def check(found: Dict[str, Any], exact: bool = False) -> None:
    """Refuse differences that are more than rounding."""
    assert found['weights'] <= (0 if exact else 1e-6), found
    assert found.get('average', 0) <= 1e-6, found
    assert found['loss'] <= 1e-5 and found.get('grad_norm', 0) <= 1e-4, found


def largest(one: Dict[str, torch.Tensor], other: Dict[str,
                                                      torch.Tensor]) -> float:
    """The largest difference of two sets of weights."""
    assert one.keys() == other.keys()
    return max((value - other[key]).abs().max().item()
               for key, value in one.items() if value.is_floating_point())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--worlds', nargs='+', type=int, default=[1, 2, 4])
    parser.add_argument(
        '--test-worlds', nargs='+', type=int, default=[1, 2, 3])
    parser.add_argument('--iterations', type=int, default=20)
    parser.add_argument(
        '--cases', nargs='+', default=['pretraining', 'finetuning', 'fsdp'])
    args = parser.parse_args()
    epochs = -(-args.iterations // (NUM_TRAINED // TOTAL_BATCH))
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        prepare(root)
        plain = [c for c in args.cases if c in ('pretraining', 'finetuning')]
        reference = {
            case: in_processes(1, root, train_case, case, epochs)
            for case in sorted({REFERENCE[c]
                                for c in args.cases})
        }
        for processes in [w for w in args.worlds if w > 1]:
            found: Dict[str, Any] = {}
            for case in args.cases:
                found[case] = in_processes(processes, root, train_case, case,
                                           epochs)
                one = reference[REFERENCE[case]]
                print(
                    f'{case}, {processes} processes against one:',
                    differences(found[case], one),
                    f'after moving by {one["moved"]:.3g}',
                    flush=True)
                check(differences(found[case], one))
            if 'fsdp' in args.cases:
                for case in ('fsdp', 'finetuning'):
                    result = in_processes(processes, root, resume_case, case,
                                          epochs)
                    # the rows of an iteration belong together
                    result['rows'] = found['fsdp']['rows']
                    print(
                        f'resumed from FSDP, {case}, {processes} processes:',
                        differences(result, found['fsdp']),
                        flush=True)
                    check(
                        differences(result, found['fsdp']),
                        exact=case == 'fsdp')
        if 'finetuning' in plain:
            checkpoint = str(root / 'finetuning-1' / f'epoch_{epochs}.pth')
            results = {
                p: {
                    part: in_processes(p, root, test_part, checkpoint, part)
                    for part in ('test', 'val')
                }
                for p in args.test_worlds
            }
            for processes, found in results.items():
                for part, result in found.items():
                    first = results[args.test_worlds[0]][part]
                    print(
                        f'{part}, {processes} processes: {result["metrics"]}, '
                        f'{len(result["scores"])} scores, largest difference '
                        f'{abs(result["scores"] - first["scores"]).max()}',
                        flush=True)
                    assert result['metrics'] == first['metrics']
                    assert np.allclose(
                        result['scores'], first['scores'], rtol=0, atol=1e-6)
                    assert len(result['scores']) == NUM_TESTED


def prepare(root: Path) -> None:
    """Videos and their lists."""
    write_videos(root)
    for name, number in (('train', NUM_TRAINED), ('test', NUM_TESTED)):
        (root / f'{name}.txt').write_text(''.join(f'{i}.mp4 {i % 3}\n'
                                                  for i in range(number)))


if __name__ == '__main__':
    main()

"""Inputs that no one should give to the commands, drawn from a seed."""
import io
import json
import os
import pickle
import random
import struct
import zipfile
from pathlib import Path
from typing import Any, Dict, Iterator, List, NamedTuple, Tuple

import cv2
import numpy as np
import torch
from mmengine.config import Config
from safetensors.torch import save_file

ROOT = Path(__file__).parents[2]
TRAIN, TEST = 'tools/train.py', 'tools/test.py'
LIST = 'train_dataloader.dataset.ann_file'
VIDEOS = [f'{i}.mp4' for i in range(4)]
VALUES = [
    'None', '-1', '0', 'nan', 'inf', '1e400', '[]', '[1,2]', '(1,)', '', 'abc',
    'True', '-0.5', '1.5', '99999999999', '../../x', 'ü', '[[1,2],[3]]'
]


class Case(NamedTuple):
    """One call of a command.

    Args:
        name (str): What is hostile about it.
        command (list[str]): Path of the tool, arguments.
        needles (list[str]): One of these is in a clear error.
        wrong (bool): Whether success would be silent: it must be an error.
    """

    name: str
    command: List[str]
    needles: List[str]
    wrong: bool = False


class Stage:
    """A folder with what good runs need: videos, lists, configs, weights."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.number = 0
        rng = np.random.default_rng(0)
        for name in VIDEOS:
            frame = rng.integers(0, 255, (64, 64, 3), dtype=np.uint8)
            writer = cv2.VideoWriter(
                str(folder / name), cv2.VideoWriter_fourcc(*'mp4v'), 10,
                (64, 64))
            for step in range(20):
                writer.write(np.roll(frame, 3 * step, axis=1))
            writer.release()
        (folder / 'list.txt').write_text(''.join(
            f'{name} {i}\n' for i, name in enumerate(VIDEOS)))
        quickstart = ROOT / 'configs' / 'mvd' / 'quickstart'
        self.configs: Dict[str, Path] = {}
        for kind, pattern in (('pretrain', 'mvd_*p8_teachers-*.py'),
                              ('finetune', 'vit-micro-p8*_motion-*.py')):
            source, = quickstart.glob(pattern)
            cfg = Config.fromfile(source)
            self._shorten(cfg)
            self.configs[kind] = folder / f'{kind}.py'
            cfg.dump(str(self.configs[kind]))
        self.cfg = Config.fromfile(self.configs['finetune'])

    def _shorten(self, cfg: Config) -> None:
        for part in ('train', 'val', 'test'):
            loader = cfg.get(f'{part}_dataloader')
            if loader is None:
                continue
            loader.update(
                num_workers=0, persistent_workers=False, batch_size=2)
            loader.dataset.update(
                ann_file=str(self.folder / 'list.txt'),
                data_prefix=dict(video=str(self.folder)))
        cfg.train_cfg.max_epochs = 1
        cfg.param_scheduler.update(end=1, warmup=0)
        cfg.model.backbone.depth = 1
        cfg.default_hooks.logger.interval = 1
        for branch in cfg.model.get('branches', {}).values():
            branch.teacher.random_init = True

    def file(self, ending: str) -> Path:
        """A new name."""
        self.number += 1
        return self.folder / f'case{self.number}{ending}'

    def train(self, *options: str, kind: str = 'finetune') -> List[str]:
        """A call of ``tools/train.py``."""
        return [
            TRAIN,
            str(self.configs[kind]), '--work-dir',
            str(self.file('')), *options
        ]

    def test(self, checkpoint: Any, *options: str) -> List[str]:
        """A call of ``tools/test.py``."""
        return [
            TEST,
            str(self.configs['finetune']),
            str(checkpoint), '--work-dir',
            str(self.file('')), *options
        ]

    def good(self) -> Path:
        """The weights of the first call, which is not hostile."""
        return self.folder / 'good' / 'epoch_1.pth'


def lists(stage: Stage, rng: random.Random) -> Iterator[Case]:
    """Annotation files for training, validation and testing."""
    good = (stage.folder / 'list.txt').read_bytes()
    texts: List[Tuple[str, bytes]] = [
        ('empty', b''),
        ('blank lines', b'\n\n\n'),
        ('no label', b'0.mp4\n1.mp4\n'),
        ('label is a word', b'0.mp4 cat\n'),
        ('negative label', b'0.mp4 -3\n'),
        ('label 1e9', b'0.mp4 1000000000\n'),
        ('label beyond 64 bits', b'0.mp4 99999999999999999999999\n'),
        ('float label', b'0.mp4 1.0\n'),
        ('UTF-16', good.decode().encode('utf-16')),
        ('Latin-1', 'Ärger.mp4 0\n'.encode('latin-1')),
        ('zero bytes', b'0.m\0p4 0\n'),
        ('only zero bytes', b'\0' * 4096),
        ('binary', rng.randbytes(3000)),
        ('no videos', b'none.mp4 0\n' * 30),
        ('a folder as video', b'. 0\n'),
        ('a device', b'/dev/zero 0\n'),
        ('other delimiter', good.replace(b' ', b';')),
        ('two labels', b'0.mp4 0\n0.mp4 1\n1.mp4 1\n'),
        ('three fields', b'0.mp4 20 0\n'),
        ('only a label', b' 0\n'),
        ('label from the end', '0.mp4 ٣\n'.encode()),
        ('long line', b'a' * 100000 + b' 0\n'),
        ('too long a name', b'a' * 300 + b'.mp4 0\n'),
        ('windows', good.replace(b'\n', b'\r\n')),
        ('byte order mark', b'\xef\xbb\xbf' + good),
        ('old mac', good.replace(b'\n', b'\r')),
        ('fewer than a batch', b'0.mp4 0\n'),
        ('surrogate', b'0\xed\xa0\x80.mp4 0\n'),
        ('blank line inside', good.replace(b'\n', b'\n\n', 1)),
    ]
    for _ in range(16):
        data = bytearray(good)
        for _ in range(rng.randint(1, 4)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        texts.append(('changed bytes', bytes(data)))
    for name, text in texts:
        path = stage.file('.txt')
        path.write_bytes(text)
        part = rng.choice(['train', 'val', 'test'])
        option = f'{part}_dataloader.dataset.ann_file={path}'
        command = (
            stage.test(stage.good(), '--cfg-options', option)
            if part == 'test' else stage.train('--cfg-options', option))
        yield Case(
            f'list, {part}: {name}', command,
            [path.name, 'samples', 'videos', 'there is no file', 'not a file'])
    folder, loop = stage.file(''), stage.file('')
    folder.mkdir()
    loop.symlink_to(loop.name)
    for path in (folder, loop, stage.folder / ('n' * 300), '', 'a\nb'):
        yield Case(f'list: {str(path)[-20:]!r}',
                   stage.train('--cfg-options', f'{LIST}={path}'),
                   ['ann_file'], True)


def _paths(node: Any, path: str = '') -> Iterator[Tuple[str, Any]]:
    if isinstance(node, dict):
        for key, child in node.items():
            yield f'{path}{key}', child
            yield from _paths(child, f'{path}{key}.')
    elif isinstance(node, list):
        for index, child in enumerate(node):
            yield from _paths(child, f'{path}{index}.')


def _settings(stage: Stage) -> List[Tuple[str, Any]]:
    """Dotted keys that a run reads, with their values."""
    sections = ('model', 'train_dataloader', 'val_dataloader', 'train_cfg',
                'optim_wrapper', 'param_scheduler', 'default_hooks',
                'custom_hooks', 'env_cfg', 'randomness', 'log_processor',
                'val_evaluator', 'visualizer', 'auto_scale_lr', 'vis_backends')
    return [(path, value) for path, value in _paths(stage.cfg.to_dict())
            if path.split('.')[0] in sections and 'work_dir' not in path]


def misspelt(stage: Stage, rng: random.Random) -> Iterator[Case]:
    """Keys with one letter wrong, at any depth."""
    settings = [path for path, _ in _settings(stage)]
    while True:
        path = rng.choice(settings)
        *before, key = path.split('.')
        if key.isdecimal() or len(key) < 4 or 'custom_keys' in path:
            continue
        place = rng.randrange(1, len(key) - 1)
        wrong = rng.choice([
            key[:place] + key[place + 1:],
            key[:place] + key[place] + key[place:],
            key[:place] + key[place + 1] + key[place] + key[place + 2:],
            key[:place] + key[place].upper() + key[place + 1:], key + 's'
        ])
        known = [p.split('.')[-1] for p in settings]
        if wrong in known or wrong == key:
            continue
        option = '.'.join([*before, wrong])
        yield Case(f'misspelt: {option}',
                   stage.train('--cfg-options', f'{option}=1'), [wrong], True)


def values(stage: Stage, rng: random.Random) -> Iterator[Case]:
    """Values of another type, or far out of range."""
    # what is a file or folder of the user's choice is among the other cases
    settings = [
        path for path, value in _settings(stage)
        if not isinstance(value, (dict, list)) and '_scope_' not in path
    ]
    while True:
        path, value = rng.choice(settings), rng.choice(VALUES)
        if path.endswith('max_epochs') and value in ('99999999999', ):
            continue  # a long run is no fault
        yield Case(
            f'value: {path}={value}',
            stage.train('--cfg-options', f'{path}={value}'),
            [path.split('.')[-1], path.split('.')[-2]])


def sections(stage: Stage, rng: random.Random) -> Iterator[Case]:
    """Options whose value is no section, or whose key is no key."""
    keys = [key for key in stage.cfg if key[0] != '_']
    for key in keys:
        yield Case(f'section: {key}',
                   stage.train('--cfg-options', f'{key}={rng.choice(VALUES)}'),
                   [key, key.split('_')[0]])
    for option in ('=3', 'a', '.=1', 'model.=1', '.model=1', 'a.b.c=1',
                   'model..backbone=1', 'work_dir.x=1', 'model.backbone=1',
                   'param_scheduler.5.end=1', 'custom_hooks.x.interval=1',
                   'custom_hooks.99.interval=1', 'train_dataloder.x=1',
                   'load_frm=x', 'default_hooks.checkpiont.interval=1',
                   'custom_hooks.0.type=NoSuchHook', 'model.type=Recogniser3D',
                   'model.backbone.type=mvd_mm.MVDVisionTransfomer',
                   'optim_wrapper.optimizer.type=AdamX',
                   'train_dataloader.sampler.type=mvd_mm.EpochSampler2',
                   'default_scope=nothing', 'model._scope_=nothing',
                   'train_dataloader.dataset.data_prefix.vido=x',
                   'model.data_preprocessor.std=[0,1,1]',
                   'model.backbone.num_heads=5',
                   'model.cls_head.num_classes=3',
                   'model.backbone.patch_size=7', 'visualizer.vis_backends=3',
                   'train_dataloader.persistent_workers=True'):
        name = option.partition('=')[0].split('.')[-1]
        yield Case(
            f'option: {option}', stage.train('--cfg-options', option),
            [name, option.partition('=')[2] or 'cfg-options', option], True)


def configs(stage: Stage, rng: random.Random) -> Iterator[Case]:
    """Files that are no configs, or not quite."""
    text = stage.configs['finetune'].read_text()
    base = f"_base_ = r'{stage.configs['finetune']}'\n"
    files: List[Tuple[str, bytes, bool]] = [
        ('empty', b'', True),
        ('text', b'Hello, world.\n', True),
        ('syntax error', text[:len(text) // 2].encode(), True),
        ('no base', b"_base_ = 'none.py'\n", True),
        ('base in a circle', b"_base_ = 'SELF'\n", True),
        ('base is a number', b'_base_ = 3\n', True),
        ('duplicate keys', f'{base[:-1]}, {base[9:]}'.encode(), True),
        ('name error', (base + 'x = y\n').encode(), True),
        ('raises', (base + 'x = 1 / 0\n').encode(), True),
        ('exits', (base + 'raise SystemExit(0)\n').encode(), True),
        ('no package', (base + "custom_imports = dict(imports=['none_such'],"
                        ' allow_failed_imports=False)\n').encode(), True),
        ('UTF-16', text.encode('utf-16'), True),
        ('byte order mark', b'\xef\xbb\xbf' + text.encode(), False),
        ('zero byte', text.encode()[:200] + b'\0' + text.encode()[200:], True),
        ('binary', rng.randbytes(2000), True),
        ('half a section', (base + 'model = dict(backbone=3)\n').encode(),
         True),
        ('list for a dict', (base + 'train_dataloader = [1, 2]\n').encode(),
         True),
        ('two in a tuple',
         (base + 'train_cfg = dict(max_epochs=1),\n').encode(), True),
        ('hook without type',
         (base + 'custom_hooks = [dict(interval=1)]\n').encode(), True),
        ('unknown hook', (base + "custom_hooks = [dict(type='X')]\n").encode(),
         True),
        ('class as type', (base + 'model = dict(type=int)\n').encode(), True),
        ('misspelt section',
         (base + 'defualt_hooks = dict(logger=None)\n').encode(), True),
        ('misspelt load_from', (base + "load_form = 'x.pth'\n").encode(),
         True),
        ('pipeline of words',
         (base +
          "train_dataloader = dict(dataset=dict(pipeline=['a']))\n").encode(),
         True),
        ('empty pipeline',
         (base +
          'train_dataloader = dict(dataset=dict(pipeline=[]))\n').encode(),
         True),
        ('deep', ('x = ' + '[' * 90 + ']' * 90 + '\n' + base).encode(), False),
    ]
    for key in ('model', 'train_dataloader', 'optim_wrapper', 'train_cfg',
                'val_evaluator', 'default_hooks', 'param_scheduler',
                'randomness', 'custom_hooks', 'env_cfg'):
        value = rng.choice(['None', '3', "'x'", '[]', '{}', '[None]'])
        files.append((f'{key} = {value}',
                      (text + f'\n{key} = {value}\n').encode(), False))
    for _ in range(20):
        data = bytearray(text.encode())
        for _ in range(rng.randint(1, 3)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        files.append(('changed bytes', bytes(data), False))
    for name, data, wrong in files:
        path = stage.file('.py')
        path.write_bytes(data.replace(b'SELF', path.name.encode()))
        needles = [path.name, *name.split(), 'type', 'pipeline', '`']
        yield Case(f'config: {name}',
                   [TRAIN, str(path), '--work-dir', f'{path}.work'], needles,
                   wrong)
    folder, loop = stage.file('.py'), stage.file('.py')
    folder.mkdir()
    loop.symlink_to(loop.name)
    for path in (str(folder), str(loop), 'none.py', '', 'n' * 300,
                 str(stage.folder / 'list.txt'), str(stage.folder / '0.mp4')):
        yield Case(f'config: {path[-12:]!r}', [TRAIN, path], ['config'], True)


def _hostile_pickles(ran: Path) -> Iterator[Tuple[str, bytes]]:
    """Pickles that would create a file, were they executed."""
    for module, function, argument in (('os', 'system', f'touch {ran}'),
                                       ('builtins', 'exec',
                                        f"open({str(ran)!r}, 'w')"),
                                       ('builtins', 'eval',
                                        f"open({str(ran)!r}, 'w')"),
                                       ('pathlib', 'Path.touch',
                                        str(ran)), ('torch', 'load', str(ran)),
                                       ('torch.storage', '_load_from_bytes',
                                        'x'), ('builtins', 'getattr', 'x')):
        yield f'{module}.{function}', (b'\x80\x02c' +
                                       f'{module}\n{function}\n'.encode() +
                                       b'X' +
                                       struct.pack('<I', len(argument)) +
                                       argument.encode() + b'\x85R.')


def _zipped(pickled: bytes, version: bytes = b'3\n') -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, 'w') as archive:
        archive.writestr('archive/data.pkl', pickled)
        archive.writestr('archive/byteorder', b'little')
        archive.writestr('archive/version', version)
    return buffer.getvalue()


def _saved(content: Any) -> bytes:
    buffer = io.BytesIO()
    torch.save(content, buffer)
    return buffer.getvalue()


def checkpoints(stage: Stage, rng: random.Random) -> Iterator[Case]:
    """Files of weights through every option that takes one."""
    good = stage.good().read_bytes()
    content = torch.load(stage.good(), weights_only=False)
    weights = content['state_dict']
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, 'w', zipfile.ZIP_DEFLATED) as archive:
        archive.writestr('archive/data.pkl', b'\0' * 10_000_000)
    files: List[Tuple[str, bytes, str]] = [
        ('empty', b'', '.pth'),
        ('text', b'<html>404</html>' * 9, '.pth'),
        ('unicode text', 'Üben, üben, üben\n'.encode() * 9, '.pth'),
        ('binary', rng.randbytes(5000), '.pth'),
        ('bomb', bomb.getvalue(), '.pth'),
        ('a zip', _zipped(b'')[:-22] + _zipped(b'')[-22:], '.pth'),
        ('only weights', _saved(weights), '.pth'),
        ('weights, no more', _saved(dict(state_dict=weights)), '.pth'),
        ('a list', _saved([1, 2]), '.pth'),
        ('a number', _saved(3), '.pth'),
        ('None', _saved(None), '.pth'),
        ('no weights', _saved({}), '.pth'),
        ('empty weights', _saved(dict(state_dict={})), '.pth'),
        ('weights are words', _saved(dict(state_dict=dict(a='b'))), '.pth'),
        ('other names',
         _saved(dict(state_dict={
             f'x.{k}': v
             for k, v in weights.items()
         })), '.pth'),
        ('transposed',
         _saved(
             dict(state_dict={
                 k: v.T if v.ndim == 2 else v
                 for k, v in weights.items()
             })), '.pth'),
        ('NaN',
         _saved(
             dict(
                 state_dict={
                     k: v * float('nan') if v.is_floating_point() else v
                     for k, v in weights.items()
                 })), '.pth'),
        ('one missing',
         _saved(dict(state_dict=dict(list(weights.items())[1:]))), '.pth'),
        ('no meta', _saved({
            k: v
            for k, v in content.items() if k != 'meta'
        }), '.pth'),
        ('meta is a word', _saved(dict(content, meta='x')), '.pth'),
        ('no optimizer',
         _saved({
             k: v
             for k, v in content.items() if k != 'optimizer'
         }), '.pth'),
        ('empty .safetensors', b'', '.safetensors'),
        ('header too long', struct.pack('<Q', 1 << 40) + b'{}',
         '.safetensors'),
        ('header is no json', struct.pack('<Q', 4) + b'abcd', '.safetensors'),
        ('header of lies', _lying_header(), '.safetensors'),
        ('pickle named so', good, '.safetensors'),
    ]
    named = stage.file('.safetensors')
    save_file({k: v.contiguous() for k, v in weights.items()}, str(named))
    files.append(('whole .safetensors', named.read_bytes(), '.safetensors'))
    files.append(('.safetensors named .pth', named.read_bytes(), '.pth'))
    for share in (0.1, 0.5, 0.9, 0.999):
        files.append(
            (f'cut at {share}', good[:int(share * len(good))], '.pth'))
    for name, pickled in _hostile_pickles(stage.folder / 'RAN'):
        files += [(f'{name}, zip', _zipped(pickled), '.pth'),
                  (f'{name}, old', pickled, '.pth')]
    for _ in range(14):
        data = bytearray(good)
        for _ in range(rng.choice([1, 10, 1000])):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        files.append(('flipped bits', bytes(data), '.pth'))
    for name, data, ending in files:
        path = stage.file(ending)
        path.write_bytes(data)
        for how in rng.sample(range(6), 2):
            command = _reading(stage, path, how)
            yield Case(f'weights, way {how}: {name}', command,
                       [path.name, '`checkpoint`', 'not in the file'])
    folder, loop = stage.file('.pth'), stage.file('.pth')
    folder.mkdir()
    loop.symlink_to(loop.name)
    for path in (folder, loop, stage.folder / 'none.pth', 'n' * 300 + '.pth'):
        for how in range(6):
            yield Case(f'weights, way {how}: {str(path)[-12:]}',
                       _reading(stage, path, how), [str(path)[-12:]], True)


def _lying_header() -> bytes:
    header = json.dumps(
        dict(a=dict(dtype='F32', shape=[10**9], data_offsets=[0, 4 * 10**9])))
    return struct.pack('<Q', len(header)) + header.encode() + b'\0' * 16


def _reading(stage: Stage, path: Any, how: int) -> List[str]:
    teacher = 'model.branches.video.teacher.checkpoint'
    return [
        stage.test(path),
        stage.train('--resume', str(path)),
        stage.train('--cfg-options', f'load_from={path}'),
        stage.train('--cfg-options', 'model.backbone.init_cfg.type=Pretrained',
                    f'model.backbone.init_cfg.checkpoint={path}'),
        stage.train('--cfg-options', f'{teacher}={path}', kind='pretrain'),
        ['tools/model_converters/inspect_checkpoint.py',
         str(path)],
    ][how]


def videos(stage: Stage, rng: random.Random) -> Iterator[Case]:
    """Damaged bytes among good ones."""
    good = (stage.folder / VIDEOS[0]).read_bytes()
    while True:
        data = bytearray(good)
        change = rng.choice(['cut', 'zero', 'flip', 'swap', 'other', 'head'])
        first = rng.randrange(len(data))
        if change == 'cut':
            del data[first:]
        elif change == 'zero':
            data[first:] = bytes(len(data) - first)
        elif change == 'flip':
            for _ in range(rng.choice([1, 20, 500])):
                data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        elif change == 'swap':
            data = data[first:] + data[:first]
        elif change == 'other':
            data = bytearray(
                rng.choice([
                    b'', b'text\n' * 9, b'\x89PNG\r\n\x1a\n' + b'0' * 99,
                    b'RIFF\xff\xff\xff\xffAVI LIST',
                    rng.randbytes(4000),
                    pickle.dumps([1] * 99)
                ]))
        else:
            data[:64] = rng.randbytes(64)
        path = stage.file('.mp4')
        path.write_bytes(data)
        listed = stage.file('.txt')
        listed.write_text((stage.folder / 'list.txt').read_text() +
                          f'{path.name} 0\n')
        hooks = stage.cfg.custom_hooks
        hook, = [
            i for i, h in enumerate(hooks)
            if h['type'] == 'mvd_mm.BrokenVideosHook'
        ]
        how = rng.randrange(3)
        part = 'test_dataloader.dataset'
        command = [
            stage.train('--cfg-options', f'{LIST}={listed}',
                        f'custom_hooks.{hook}.max_share=1'),
            stage.test(stage.good(), '--cfg-options',
                       f'{part}.ann_file={listed}'),
            stage.test(stage.good(), '--cfg-options',
                       f'{part}.ann_file={listed}',
                       f'{part}.count_failures_as_wrong=True')
        ][how]
        yield Case(f'video, way {how}: {change}', command, [path.name])


def others(stage: Stage, rng: random.Random) -> Iterator[Case]:
    """Options of the commands that no config holds."""
    del rng
    there = stage.file('.pkl')
    there.write_bytes(b'mine')
    folder = stage.file('')
    for name in ('a/x.avi', 'a/x.avi.mp4', 'b/y.mp4', 'b/Y.MP4'):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes((stage.folder / VIDEOS[0]).read_bytes())
    shrink = 'tools/data/shrink_videos.py'
    good = str(stage.good())
    for name, command, needle in (
        ('dump is there', stage.test(good, '--dump', str(there)), 'dump'),
        ('dump is a folder', stage.test(good, '--dump',
                                        str(stage.folder)), 'dump'),
        ('dump below a file', stage.test(good, '--dump',
                                         f'{there}/x.pkl'), 'dump'),
        ('dump is no pickle', stage.test(good, '--dump', 'x.json'), 'dump'),
        ('work dir is a file',
         [TRAIN,
          str(stage.configs['finetune']), '--work-dir',
          str(there)], there.name),
        ('nothing to resume', stage.train('--resume'), '--resume'),
        ('seed is a word', stage.train('--seed', 'x'), 'seed'),
        ('negative seed', stage.train('--seed', '-1'), 'seed'),
        ('huge seed', stage.train('--seed', str(2**70)), 'seed'),
        ('resume and overwrite', stage.train('--resume', good,
                                             '--overwrite'), '--overwrite'),
        ('unknown option', stage.train('--no-such-option'), 'no-such-option'),
        ('two with one target',
         [shrink, '--videos',
          str(folder), '--out', f'{folder}.out'], 'would both be copied'),
        ('out is a file',
         [shrink, '--videos',
          str(stage.folder), '--out',
          str(there)], there.name),
        ('videos is a file',
         [shrink, '--videos',
          str(there), '--out', f'{folder}.out'], 'videos'),
        ('no frames', [
            shrink, '--videos',
            str(stage.folder), '--out', f'{folder}.out', '--max-frames', '0'
        ], 'max_frames'),
        ('side of 3', [
            shrink, '--videos',
            str(stage.folder), '--out', f'{folder}.out', '--short-side', '3'
        ], 'short_side'),
        ('share of 2', [
            'tools/data/build_annotations.py', '--videos',
            str(stage.folder), '--out', f'{folder}.out', '--val-share', '2'
        ], 'val_share'),
        ('no such kind', [
            'tools/model_converters/convert.py', good, f'{folder}.pth', '--to',
            'x'
        ], 'x'),
        ('converts over a file', [
            'tools/model_converters/convert.py', good,
            str(stage.folder / 'list.txt'), '--to', 'ours'
        ], 'list.txt'),
    ):
        yield Case(f'command: {name}', command, [needle], True)
    assert there.read_bytes() == b'mine' and os.path.exists(good)

"""Imports go one way: no cycle between folders, and docs/architecture.md.

``ROOMS`` is the only place that says which folder may import which. The tests
compare it with the imports in the source, and the picture in
docs/architecture.md with the picture it gives. After a change of the table::

    python tests/test_rooms.py    # draws the picture in the page anew
"""
import ast
from functools import lru_cache
from pathlib import Path
from typing import (Dict, FrozenSet, Iterator, List, NamedTuple, Set, Tuple,
                    Union)

import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / 'docs' / 'architecture.md'
BEGIN, END = '<!-- rooms: begin -->\n', '<!-- rooms: end -->\n'


class Room(NamedTuple):
    """A folder or a module: what it holds, which rooms it may import.

    It may also import whatever those may import. A room inside another, such
    as ``models/heads``, names its neighbours inside; outside, it may import
    what the room around it may import.
    """

    holds: str
    imports: Tuple[str, ...] = ()


ROOMS = {
    'tools':
    Room('commands: arguments, one call, exit status', ('apis', )),
    'demo':
    Room('rendered sets of videos, the quickstart', ('apis', )),
    'apis':
    Room('what commands and notebooks call',
         ('benchmark', 'conversion', 'visualization')),
    'benchmark':
    Room("speed and memory, beside the same work on MMAction2's blocks",
         ('datasets', 'engine')),
    'conversion':
    Room('checkpoints from one naming to another', ('models', )),
    'visualization':
    Room('pictures and videos of what a model sees', ('datasets', 'models')),
    'engine':
    Room('loops, hooks, optimiser wrapper, schedule',
         ('evaluation', 'models')),
    'models':
    Room('networks, data preprocessors, losses', ('checkpoints', 'registry')),
    'models/pretrainers':
    Room('MVD; AMD; MAE and VideoMAE', ('models/layers', )),
    'models/recognizers':
    Room('classification of clips'),
    'models/teachers':
    Room('frozen networks that give targets', ('models/backbones', )),
    'models/backbones':
    Room('the vision transformer', ('models/layers', )),
    'models/necks':
    Room('decoder of masked tokens, generator of features',
         ('models/layers', )),
    'models/layers':
    Room('attention, transformer block, patch embedding, splits by a mask'),
    'models/heads':
    Room('targets and losses, classifiers', ('models/layers', )),
    'models/losses':
    Room('regression losses'),
    'models/data_preprocessors':
    Room('normalisation and mixing on the device'),
    'models/roi_heads':
    Room('actions of persons in boxes'),
    'models/task_modules':
    Room('which box a proposal belongs to'),
    'checkpoints':
    Room('published and own files read, named, checked',
         ('positions', 'utils')),
    'positions':
    Room('position tables: built, told apart, resized'),
    'datasets':
    Room('lists of videos, video files',
         ('datasets/samplers', 'datasets/transforms', 'registry', 'utils')),
    'datasets/ava':
    Room('the formats of AVA: read, check, prepare', ('datasets', )),
    'datasets/official':
    Room('published data sets: official files to lists', ('datasets', )),
    'datasets/samplers':
    Room('the order of samples, and where in it a run goes on',
         ('registry', )),
    'datasets/transforms':
    Room('from a video file to a clip and its mask'),
    'evaluation':
    Room('metrics and probes', ('registry', 'utils')),
    'compat':
    Room('work-arounds for the host packages', ('utils', )),
    'registry':
    Room("the names that configs write as `mvd_mm.X`"),
    'utils':
    Room('versions, precision, progress'),
    'version':
    Room('the version number'),
}

# folders whose sub-folders are rooms of their own
DIVIDED = {name.split('/')[0] for name in ROOMS if '/' in name}

# Why an import stands inside a function: the comment above it names the
# reason, 'optional' (a package that not everybody needs) or 'start-up' (time).
PICTURES = {
    'matplotlib.backends.backend_agg': 'start-up',
    'matplotlib.figure': 'start-up',
}
INNER_IMPORTS: Dict[str, Dict[str, str]] = {
    'demo/ablations/__main__.py': {
        'demo.ablations.table': 'start-up',
    },
    'demo/findings/__main__.py': {
        'demo.findings.figure': 'start-up',
        'demo.findings.run': 'start-up',
        'demo.findings.sheet': 'start-up',
        'demo.findings.table': 'start-up',
        'demo.findings.video_set': 'start-up',
    },
    'demo/findings/figure.py': PICTURES,
    'mvd_mm/apis/export_writers.py': {
        'onnxruntime': 'optional',
        'onnxruntime.quantization': 'optional',
    },
    'mvd_mm/apis/exporting.py': {
        'onnxruntime': 'optional',
        'onnxscript': 'optional',
    },
    'mvd_mm/apis/feature_files.py': {
        'pyarrow': 'optional',
        'pyarrow.parquet': 'optional',
    },
    'demo/quickstart/__main__.py': {
        'demo.quickstart.detection': 'start-up',
        'demo.quickstart.recognition': 'start-up',
    },
    'mvd_mm/datasets/ava/persons.py': {
        'mmdet.apis': 'optional',
    },
    'mvd_mm/engine/deepspeed_strategy.py': {
        'deepspeed': 'optional',
    },
    'mvd_mm/models/teachers/transformers_models.py': {
        'transformers': 'optional',
    },
    'mvd_mm/models/roi_heads/roi_extractors/roi_align_extractor_3d.py': {
        'mmcv.ops': 'optional',
    },
    'mvd_mm/benchmark/report.py': PICTURES,
    'mvd_mm/visualization/confusion.py': PICTURES,
    'mvd_mm/visualization/contact_sheet.py': PICTURES,
    'mvd_mm/visualization/feature_map.py': {
        'sklearn.manifold': 'start-up',
        **PICTURES
    },
    'mvd_mm/visualization/feature_picture.py': PICTURES,
    'mvd_mm/visualization/loss_curves.py': PICTURES,
    'mvd_mm/visualization/run_curves.py': PICTURES,
    'mvd_mm/visualization/timeline.py': PICTURES,
}


class Import(NamedTuple):
    """One module that an import statement names."""

    file: str
    line: int
    module: str  # in full, also where the statement is relative
    inner: bool  # inside a function
    comment: str  # above the statement, or above the imports above it

    def __str__(self) -> str:
        return f'{self.file}:{self.line} imports {self.module}'


def python_files(root: Path) -> List[Path]:
    return [
        path for top in ('mvd_mm', 'demo', 'tools')
        for path in sorted((root / top).rglob('*.py'))
        if '.mim' not in path.parts
    ]


def imports_of(root: Path) -> List[Import]:
    """Every import of mvd_mm, demo and tools."""
    paths = [path.relative_to(root) for path in python_files(root)]
    names = frozenset(module_of(path) for path in paths)
    return [
        each for path in paths
        for each in imports_of_file(path, (root / path).read_text(), names)
    ]


def module_of(path: Path) -> str:
    parts = path.with_suffix('').parts
    return '.'.join(parts[:-1] if parts[-1] == '__init__' else parts)


@lru_cache(maxsize=None)
def imports_of_file(path: Path, text: str,
                    names: FrozenSet[str]) -> Tuple[Import, ...]:
    lines, found = text.splitlines(), []
    comments: Dict[int, str] = {}  # line of a statement -> comment above it

    def visit(node: ast.AST, inner: bool) -> None:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            above = node.lineno - 1
            comment = []
            while above and lines[above - 1].strip().startswith('#'):
                comment.insert(0, lines[above - 1].strip('# '))
                above -= 1
            comments[node.lineno] = ' '.join(comment) or comments.get(
                above, '')
            found.extend(
                Import(
                    str(path), node.lineno, module, inner, comments[
                        node.lineno])
                for module in modules_of(node, path, names))
        inner |= isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        for child in ast.iter_child_nodes(node):
            visit(child, inner)

    visit(ast.parse(text), False)
    return tuple(found)


def modules_of(node: Union[ast.Import, ast.ImportFrom], path: Path,
               names: FrozenSet[str]) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
        return
    parts = path.parts[:-node.level] if node.level else ()
    base = '.'.join([*parts, *filter(None, [node.module])])
    for alias in node.names:
        full = f'{base}.{alias.name}'
        yield full if full in names else base


def room_of(module: str) -> str:
    """``mvd_mm.models.heads.x`` -> ``models/heads``; '' for other packages."""
    top, *parts = module.split('.')
    if top != 'mvd_mm':
        return top if top in ('demo', 'tools') else ''
    if len(parts) > 1 and parts[0] in DIVIDED and (ROOT / 'mvd_mm' / parts[0] /
                                                   parts[1]).is_dir():
        return '/'.join(parts[:2])
    return parts[0] if parts else 'mvd_mm'


def around(room: str) -> str:
    """The room around a room inside another; else the room itself."""
    return room.split('/')[0]


def edges_of(root: Path) -> Dict[Tuple[str, str], Import]:
    """Importing and imported room -> the first import that does so."""
    edges: Dict[Tuple[str, str], Import] = {}
    for each in imports_of(root):
        source = room_of(module_of(Path(each.file)))
        target = room_of(each.module)
        if target and source != target:
            edges.setdefault((source, target), each)
    return edges


def reached(start: str, after: Dict[str, Set[str]]) -> Set[str]:
    """What the arrows lead to, one or several of them."""
    found: Set[str] = set()
    waiting = list(after.get(start, ()))
    while waiting:
        room = waiting.pop()
        if room not in found:
            found.add(room)
            waiting += after.get(room, ())
    return found


def cycles(root: Path) -> Set[FrozenSet[str]]:
    """Groups of rooms that import each other, top-level folders included."""
    rings = set()
    fine = set(edges_of(root))
    coarse = {(around(a), around(b))
              for a, b in fine} - {(around(a), around(a))
                                   for a, _ in fine}
    for pairs in (fine, coarse):
        after: Dict[str, Set[str]] = {}
        for source, target in pairs:
            after.setdefault(source, set()).add(target)
        for room in after:
            far = reached(room, after)
            if room in far:
                rings.add(
                    frozenset(r for r in far if room in reached(r, after)))
    return rings


def may_import(room: str) -> Set[str]:
    """Rooms that a room may import according to the table."""
    after = {name: set(each.imports) for name, each in ROOMS.items()}
    for name in after:  # a room inside another follows it outside
        after[name] |= {r for r in after[around(name)] if '/' not in r}
    allowed = reached(room, after)
    # whoever may import a folder may import what is inside it
    return allowed | {
        r
        for r in ROOMS if around(r) in allowed and around(r) != around(room)
    }


def faults(root: Path) -> List[str]:
    """Imports between rooms that the table does not allow."""
    found = []
    for (source, target), each in edges_of(root).items():
        # an __init__ gathers what is inside its folder
        gathers = each.file.endswith('__init__.py') and source in (
            'mvd_mm', around(target))
        commands = target == 'mvd_mm' and source in ('demo', 'tools')
        if gathers or commands:
            continue
        unknown = {source, target} - set(ROOMS)
        if unknown:
            found.append(f'{each}: {sorted(unknown)} is not in ROOMS')
        elif target not in may_import(source):
            found.append(f'{each}: {source} may not import {target}')
    return found


def unexplained(root: Path) -> List[str]:
    """Imports inside functions without a reason that is listed and stated.

    Those of the commands are left out: the doctor imports what may be broken.
    """
    found = []
    for each in imports_of(root):
        if not each.inner or each.file.startswith('tools/'):
            continue
        reason = INNER_IMPORTS.get(each.file, {}).get(each.module)
        if reason is None:
            found.append(f'{each} inside a function: not in INNER_IMPORTS')
        elif reason not in each.comment:
            found.append(f'{each} inside a function: the comment above it '
                         f'does not say {reason!r}')
    return found


def picture() -> str:
    """The part of docs/architecture.md that the table gives."""
    outer = [name for name in ROOMS if '/' not in name]
    lines = ['```mermaid', 'flowchart TD']
    lines += [
        f'    {name} --> {other}' for name in outer
        for other in ROOMS[name].imports if '/' not in other
    ]
    lines += [
        '```', '', '| Room | What it holds | Imports directly |',
        '| --- | --- | --- |'
    ]
    for name, room in ROOMS.items():
        path = name if name in ('tools', 'demo') else f'mvd_mm/{name}'
        others = ', '.join(room.imports) or '-'
        lines.append(f'| `{path}` | {room.holds} | {others} |')
    return '\n'.join(lines) + '\n'


def test_no_folders_import_each_other():
    assert cycles(ROOT) == set()


def test_every_import_is_in_the_table():
    assert faults(ROOT) == []


@pytest.mark.parametrize(
    'top', ['demo', *sorted({around(r)
                             for r in ROOMS} - {'demo', 'tools'})])
def test_imports_inside_functions_have_a_reason(top):
    place = top if top == 'demo' else f'mvd_mm/{top}'
    assert [
        fault for fault in unexplained(ROOT)
        if fault.startswith((f'{place}/', f'{place}.py'))
    ] == []


def test_the_page_shows_the_table():
    text = PAGE.read_text()
    assert text.split(BEGIN)[1].split(END)[0] == picture()


@pytest.fixture
def planted(tmp_path):
    """Add a line to a file of a copy of the source."""
    for path in python_files(ROOT):
        copy = tmp_path / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(path.read_text())

    def plant(file, line):
        path = tmp_path / file
        path.write_text(f'{path.read_text()}\n\n{line}\n')
        return tmp_path

    return plant


@pytest.mark.parametrize('file, line, words', [
    ('mvd_mm/positions/tables.py', 'from mvd_mm.checkpoints import rename',
     'positions may not import checkpoints'),
    ('mvd_mm/utils/precision.py', 'from ..engine import FiniteLossHook',
     'utils may not import engine'),
    ('mvd_mm/datasets/video_files.py', 'import mvd_mm.models.heads',
     'datasets may not import models'),
    ('mvd_mm/models/layers/attention.py', 'from ..heads import AttentiveHead',
     'models/layers may not import models/heads'),
    ('mvd_mm/engine/knn_test_loop.py', 'from mvd_mm import datasets',
     'engine may not import datasets'),
    ('mvd_mm/models/heads/attentive_head.py',
     'def late():\n    from mvd_mm.apis import evaluate',
     'models/heads may not import apis'),
    ('mvd_mm/apis/pretraining.py', 'from tools import train',
     'apis may not import tools'),
    ('mvd_mm/utils/precision.py', 'import mvd_mm', 'mvd_mm'),
])
def test_a_planted_import_upward_is_found(planted, file, line, words):
    found, = set(faults(planted(file, line))) - set(faults(ROOT))
    assert file in found and words in found


@pytest.mark.parametrize('file, line, rooms', [
    ('mvd_mm/positions/tables.py', 'from mvd_mm.checkpoints import rename',
     {'positions', 'checkpoints'}),
    ('mvd_mm/utils/progress.py',
     'def late():\n    from mvd_mm.evaluation import probes',
     {'utils', 'evaluation'}),
    ('mvd_mm/models/layers/attention.py', 'from .. import backbones',
     {'models/layers', 'models/backbones'}),
    ('mvd_mm/models/heads/attentive_head.py', 'from mvd_mm.models import MVD',
     {'models', 'models/heads'}),
])
def test_a_planted_cycle_is_found(planted, file, line, rooms):
    assert rooms not in cycles(ROOT)
    assert rooms in cycles(planted(file, line))


@pytest.mark.parametrize('line, words', [
    ('def late():\n    import decord', 'not in INNER_IMPORTS'),
    ('class Late:\n\n    def late(self):\n        from .. import utils',
     'not in INNER_IMPORTS'),
    ('def late():\n    # optional package\n    import decord',
     'not in INNER_IMPORTS'),
    ('def late():\n    import matplotlib.figure', "does not say 'start-up'"),
])
def test_a_planted_import_inside_a_function_is_found(planted, monkeypatch,
                                                     line, words):
    file = 'mvd_mm/utils/precision.py'
    monkeypatch.setitem(INNER_IMPORTS, file, PICTURES)
    found = [f for f in unexplained(planted(file, line)) if file in f]
    assert len(found) == 1 and words in found[0]


def test_a_stated_reason_is_accepted(planted, monkeypatch):
    file = 'mvd_mm/utils/precision.py'
    monkeypatch.setitem(INNER_IMPORTS, file, PICTURES)
    root = planted(
        file, 'def late():\n    # start-up time: only pictures need it\n'
        '    import matplotlib.figure\n'
        '    import matplotlib.backends.backend_agg')
    assert not [f for f in unexplained(root) if file in f]


def test_a_page_of_another_table_is_found(monkeypatch):
    monkeypatch.setitem(ROOMS, 'utils', Room('helpers', ('positions', )))
    with pytest.raises(AssertionError):
        test_the_page_shows_the_table()


if __name__ == '__main__':
    before, rest = PAGE.read_text().split(BEGIN)
    PAGE.write_text(before + BEGIN + picture() + END + rest.split(END)[1])

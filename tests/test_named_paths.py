"""Paths, options and config keys that texts and messages name are there.

Read are the pages, the configs' comments and every string of the code:
docstrings and messages among them.
"""
import ast
import inspect
import io
import re
import tokenize
from functools import lru_cache
from itertools import product
from pathlib import Path

import mmaction
import pytest
from mmaction.registry import DATASETS
from mmengine.config import Config

ROOT = Path(__file__).parents[1]
FOLDERS = ('configs', 'demo', 'docs', 'mvd_mm', 'tools')
SUFFIXES = ('.md', '.py', '.sh')
# to be written by the reader; of the site, not of the clone
ELSEWHERE = {'configs/mine/actions.py', 'docs/index', 'docs/index.html'}
SOURCES = sorted({
    *ROOT.glob('README.md'), *ROOT.glob('CONTRIBUTING.md'),
    *(path for folder in FOLDERS for path in (ROOT / folder).rglob('*')
      if path.suffix in SUFFIXES and '.mim' not in path.parts)
})

# not after `/`, `.` or a word: part of another path, or of an address
PATH = re.compile(r'(?<![\w/.$}-])(?:configs|demo|docs|requirements|tests|'
                  r'tools)/[\w./*{},-]*[\w*}/]')
COMMAND = re.compile(r'(?:(?<![\w/.-])tools/[\w/]+\.(?:py|sh)|'
                     r'python -m (?:demo[.\w]*))[^\n`|;&)]*')
OPTION = re.compile(r'(?<![\w-])--[a-z][\w-]*')
KEY = re.compile(
    r'(?<![\w.])(?:(?:train|val|test)_(?:dataloader|cfg|evaluator)|'
    r'optim_wrapper|model|param_scheduler|default_hooks)'
    r'(?:\.\w+)+')
# valid, though no config sets them
OTHER_KEYS = {
    'default_hooks.pictures.interval', 'default_hooks.pictures.type',
    'model.test_cfg.max_testing_views', 'optim_wrapper.clip_grad',
    'optim_wrapper.clip_grad.max_norm', 'optim_wrapper.dtype',
    'param_scheduler.accumulative_counts', 'param_scheduler.end'
} | {
    # attributes in code, of objects of the same names
    'model.cfg.test_pipeline',
    'test_cfg.rcnn',
    'train_cfg.rcnn'
} | {
    # files of Hugging Face
    'model.safetensors',
    'model.safetensors.index.json'
}
# what a launching script hands on
HANDS_ON = dict(
    dist_train='tools/train.py',
    slurm_train='tools/train.py',
    dist_test='tools/test.py',
    slurm_test='tools/test.py',
    quickstart='demo/quickstart/arguments.py')
# functions that add options, and the files that hold them
ADDED_BY = dict(
    add_common_arguments='mvd_mm/apis/command_line.py',
    parse_args='demo/quickstart/arguments.py')


def strings(tree):
    """Yield every string of a module, an f-string in one piece."""
    inside = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = [
                p.value if isinstance(p, ast.Constant) else '{}'
                for p in node.values
            ]
            inside.update(id(n) for n in ast.walk(node) if n is not node)
            yield ''.join(map(str, parts))
        elif (isinstance(node, ast.Constant) and isinstance(node.value, str)
              and id(node) not in inside):
            yield node.value


@lru_cache(maxsize=None)
def texts(path):
    """What a reader may see of a file, lines ending in `\\` joined."""
    source = path.read_text(encoding='utf-8')
    found = [source]
    if path.suffix == '.py':
        found = list(strings(ast.parse(source)))
        tokens = tokenize.generate_tokens(io.StringIO(source).readline)
        found += [t.string for t in tokens if t.type == tokenize.COMMENT]
    return [re.sub(r'\\\n\s*#?', ' ', text) for text in found]


def alternatives(path):
    """Expand `{a,b}`."""
    parts = [
        part[1:-1].split(',') if part[0] == '{' else [part]
        for part in re.findall(r'\{[^}]*\}|[^{]+', path)
    ]
    return [''.join(choice) for choice in product(*parts)]


def named_paths(text):
    for match in PATH.finditer(text):
        # '{}' is a value of an f-string, {NAME} and NAME the reader's
        if not re.search(r'\{\}|\{[A-Z]|/[A-Z]{2,}\b(?!\.md)', match.group()):
            yield from alternatives(match.group())


def options_of(tool):
    """Options that a command's source adds to its parser, or reads."""
    source = (ROOT / tool).read_text(encoding='utf-8')
    if tool.endswith('.sh'):
        found = set(OPTION.findall(source))
    else:
        # of `parser.add_argument`, whatever it is called there
        found = {
            arg.value
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Call) for arg in node.args
            if isinstance(arg, ast.Constant) and str(arg.value)[:2] == '--'
        } | {'--help'}
        for name, file in ADDED_BY.items():
            if file != tool and re.search(rf'import[^#]*\b{name}\b|\b{name},',
                                          source):
                found |= options_of(file)
    stem = Path(tool).stem
    return found | (options_of(HANDS_ON[stem]) if stem in HANDS_ON else set())


def file_of(command):
    """The source of a command: a tool, or a module's `__main__`."""
    name = command.split()[0]
    if name != 'python':
        return name
    folder = command.split()[2].replace('.', '/')
    if (ROOT / f'{folder}.py').is_file():
        return f'{folder}.py'
    return f'{folder}/__main__.py'


@pytest.mark.parametrize(
    'path', SOURCES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_what_is_named_is_there(path):
    missing = set()
    for text in texts(path):
        missing |= {
            name
            for name in named_paths(text)
            if name not in ELSEWHERE and not any(ROOT.glob(name.rstrip('/')))
        }
        for command in COMMAND.findall(text):
            tool = file_of(command)
            if (ROOT / tool).is_file():
                missing |= {
                    f'{tool} {option}'
                    for option in OPTION.findall(command)
                    if option not in options_of(tool)
                }
    assert not missing


@pytest.fixture(scope='module')
def keys():
    """Every dotted key of every config, and its datasets' arguments."""

    def below(node, place):
        items = node.items() if isinstance(node, dict) else enumerate(node)
        if isinstance(node, dict) and place.endswith('dataset'):
            arguments = inspect.signature(DATASETS.get(node['type']))
            yield from (f'{place}.{name}' for name in arguments.parameters)
        for name, value in items:
            key = f'{place}.{name}' if place else str(name)
            yield key
            if isinstance(value, (dict, list, tuple)):
                yield from below(value, key)

    return {
        key
        for path in (ROOT / 'configs').glob('[!_]*/*/*.py')
        for key in below(Config.fromfile(path).to_dict(), '')
    }


def test_keys_of_configs_that_are_named_are_in_one(keys):
    missing = {(key, path.relative_to(ROOT).as_posix())
               for path in SOURCES
               for text in texts(path)
               for key in KEY.findall(text) if key not in keys | OTHER_KEYS}
    assert not missing


@pytest.mark.parametrize('text, found', [
    ('see docs/teachers.md.', ['docs/teachers.md']),
    ('tools/{train,test}.py', ['tools/train.py', 'tools/test.py']),
    ('https://x.org/a/tools/none.py', []),
    ('$MMACTION/.mim/tools/misc/x.py', []),
    ('configs/mvd/NAME.py and tools/data/none.py', ['tools/data/none.py']),
])
def test_paths_are_found_in_a_text(text, found):
    assert list(named_paths(text)) == found


def test_options_are_found_beside_their_tool():
    assert {'--resume', '--cfg-options',
            '--launcher'} <= options_of('tools/dist_train.sh')
    assert '--dump' in options_of('tools/test.py')
    assert '--dump' not in options_of('tools/train.py')
    assert {'--smoke', '--use-active-env'} <= options_of('tools/quickstart.sh')
    command, = COMMAND.findall('call `tools/test.py CONFIG --bogus 3` --help')
    assert OPTION.findall(command) == ['--bogus']
    assert file_of(
        'python -m demo.quickstart --smoke') == 'demo/quickstart/__main__.py'


def test_the_tool_of_mmaction2_is_where_the_page_says():
    page = (ROOT / 'docs' / 'finetuning.md').read_text(encoding='utf-8')
    named, = re.findall(r'"\$MMACTION"/(\S+\.py)', page)
    assert (Path(mmaction.__file__).parent / named).is_file()

"""Say what the docstrings of public names lack.

    python -m tests.tools.docstrings [PART OF A NAME ...]

Looked at is what the rooms of mvd_mm export and what is registered: classes
with their public methods, and functions. A docstring has

- a summary: one line that ends with a full stop;
- every argument with its type, and no other;
- a shape for every array and tensor, taken or given;
- a unit for every number that has one: `UNITS` tells which have, `PLAIN` which
  have none, and a number that is in neither table is a fault;
- every exception that the function raises, or that a function of the same
  module raises which it calls;
- the source of what somebody else published: `PUBLISHED` tells what is, and a
  registered class that is neither there nor in `OWN` is a fault.

A method that overrides one of another package says again only what is an
array; one that overrides one of ours need not repeat anything.
"""
import ast
import importlib
import inspect
import re
import sys
import textwrap
from functools import lru_cache
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Set, Tuple

from mvd_mm import registry
from tests.tools.docstring_tables import OWN, PLAIN, PUBLISHED, UNITS
from tools._docs import public_names, rooms

__all__ = ['Doc', 'faults', 'faults_of', 'public', 'read']

_SECTION = re.compile(r'^(Args|Returns|Yields|Raises|Source):[ ]*(.*)$')
_ENTRY = re.compile(
    r'^(?P<names>\*{0,2}\w[\w.]*(?:, \*{0,2}\w[\w.]*)*)'
    r'(?: \((?P<type>[^:]*)\))?:(?: (?P<text>.*))?$', re.DOTALL)
_ARRAY = re.compile(r'\b(Tensor|ndarray|np\.array)\b')
# (B, L, D); (3, T, H, W) uint8; "a scalar"; "of the same shape"
_SHAPE = re.compile(r'\((?:[A-Z0-9]|\.\.\.)[^()]*,[^()]*\)|\b[Ss]calars?\b|'
                    r'\b[Ss]hapes?\b|:(?:meth|func|class):')
# tensors by name, whose shapes are those of a network
_BY_NAME = re.compile(r'\b(?:Dict|Mapping)\[str, (?:torch\.)?Tensor\]')
_WEIGHTS = re.compile(r'\bweights?\b|\bstate dict', re.IGNORECASE)
_NUMBER = re.compile(r'\b(int|float)\b')


class Doc(NamedTuple):
    """A docstring, by sections."""

    summary: str
    args: Dict[str, Tuple[str, str]]  # name -> type, text
    returns: str
    raises: Set[str]
    source: bool
    text: str


@lru_cache(maxsize=None)
def read(text: str) -> Doc:
    """Read a docstring in Google's form."""
    parts: Dict[str, List[str]] = {'': []}
    name = ''
    for line in text.splitlines():
        found = _SECTION.match(line)
        if found:
            name = found.group(1)
            parts[name] = [found.group(2)] if found.group(2) else []
        elif line and not line[0].isspace() and name:
            name = ''  # a paragraph after a section
        if not found:
            parts[name].append(line)
    args = {}
    for entry in _entries(parts.get('Args', ())):
        match = _ENTRY.match(entry)
        if match:
            for each in match.group('names').split(', '):
                args[each.lstrip('*')] = (match.group('type')
                                          or '', match.group('text') or '')
    raises = {
        name
        for entry in _entries(parts.get('Raises', ()))
        for name in re.findall(r'\w+',
                               entry.split(':')[0])
    }
    returns = ' '.join([*parts.get('Returns', ()), *parts.get('Yields', ())])
    summary = text.split('\n\n')[0]
    return Doc(summary, args, returns, raises, 'Source' in parts, text)


def _entries(lines) -> Iterator[str]:
    """Join each line with those that are indented below it."""
    entry: List[str] = []
    for line in textwrap.dedent('\n'.join(lines)).splitlines():
        if line.strip() and not line[0].isspace() and entry:
            yield ' '.join(entry)
            entry = []
        if line.strip():
            entry.append(line.strip())
    if entry:
        yield ' '.join(entry)


def public() -> Dict[str, Any]:
    """Classes and functions, by the shortest name that they can be got by."""
    found: Dict[int, Tuple[str, Any]] = {}

    def add(path: str, value: Any) -> None:
        value = inspect.unwrap(value)
        before = found.get(id(value), (path, value))[0]
        found[id(value)] = (min(before, path,
                                key=lambda p: p.count('.')), value)

    for room in rooms():
        for name, value in public_names(importlib.import_module(room)).items():
            if callable(value) and not isinstance(value, type(registry)):
                add(f'{room}.{name}', value)
    for kind in registry.__all__:
        for name, value in getattr(registry, kind).module_dict.items():
            add(f'mvd_mm.{name}', value)
    return dict(sorted(found.values()))


def faults() -> List[str]:
    """What all public docstrings lack."""
    return [
        f'{path}: {fault}' for path, value in public().items()
        for fault in faults_of(value)
    ]


def faults_of(value: Any) -> Iterator[str]:
    """What the docstrings of a class or of a function lack."""
    if not inspect.isclass(value):
        yield from _of_function(value, value.__name__)
        return
    doc = read(inspect.cleandoc(value.__dict__.get('__doc__') or ''))
    yield from _of_summary(doc)
    yield from _of_source(value.__name__, doc)
    yield from _of_arguments(value, doc)
    init = vars(value).get('__init__')
    if inspect.isfunction(init):
        yield from _of_raises(init, value, doc)
    for name, member in vars(value).items():
        member = getattr(member, '__func__', getattr(member, 'fget', member))
        if name[0] != '_' and inspect.isfunction(inspect.unwrap(member)):
            for fault in _of_function(
                    inspect.unwrap(member), name, value, doc):
                yield f'{name}(): {fault}'


def _of_function(function: Callable,
                 name: str,
                 owner: Any = None,
                 class_doc: Doc = None) -> Iterator[str]:
    doc = read(inspect.getdoc(function) or '')
    yield from _of_summary(doc)
    if owner is None:
        yield from _of_source(name, doc)
    yield from _of_arguments(function, doc, owner)
    yield from _of_raises(function, owner, doc, class_doc)
    given = str(inspect.signature(function).return_annotation)
    if not _has_shape(given, doc.returns or doc.summary):
        yield 'no shape of what it returns'


def _of_summary(doc: Doc) -> Iterator[str]:
    if not doc.text:
        yield 'no docstring'
    elif not doc.summary.rstrip().endswith(('.', '::', ':')):
        yield 'no summary that ends with a full stop'


def _of_source(name: str, doc: Doc) -> Iterator[str]:
    of = [what for what, names in PUBLISHED.items() if name in names]
    if of and not doc.source:
        yield f'no source, but it is {of[0]}'
    if not of and name not in OWN and any(
            name in getattr(registry, kind).module_dict
            for kind in registry.__all__):
        yield 'is registered, but neither in PUBLISHED nor in OWN'


def _of_arguments(value: Callable,
                  doc: Doc,
                  owner: Any = None) -> Iterator[str]:
    if inspect.isclass(
            value) and '__init__' not in vars(value) and not hasattr(
                value, '_fields') and '__new__' not in vars(value):
        return  # the constructor is the parent's
    parameters = list(_signature(value).parameters.values())
    if owner is not None and parameters and parameters[0].name in ('self',
                                                                   'cls'):
        parameters = parameters[1:]
    inherited, described = _inherited(owner, getattr(value, '__name__', ''))
    for parameter in parameters:
        name, type_ = parameter.name, str(parameter.annotation)
        array = _ARRAY.search(type_)
        variadic = parameter.kind in (parameter.VAR_KEYWORD,
                                      parameter.VAR_POSITIONAL)
        if name not in doc.args:
            if not (inherited and variadic or name in inherited and not array
                    or name in described):
                yield f'`{name}` is not described'
            continue
        kind, text = doc.args[name]
        if not kind and not variadic:
            yield f'`{name}` has no type'
        if not _has_shape(f'{type_} {kind}', text):
            yield f'`{name}` has no shape'
        elif _NUMBER.search(type_) and not array:
            yield from _of_unit(name, text)
    names = {parameter.name for parameter in parameters}
    others = any(p.kind is p.VAR_KEYWORD for p in parameters)
    for name in doc.args:
        if name not in names and not others:
            yield f'`{name}` is described, but it is no argument'


def _signature(value: Callable) -> inspect.Signature:
    try:
        return inspect.signature(value)
    except (TypeError, ValueError):  # an exception, written in C
        return inspect.Signature()


def _has_shape(type_: str, text: str) -> bool:
    if _BY_NAME.search(type_) and _WEIGHTS.search(text):
        return True
    return not _ARRAY.search(type_) or bool(_SHAPE.search(text))


def _inherited(owner: Any, name: str) -> Tuple[Set[str], Set[str]]:
    """Arguments of what a method overrides, and those described there."""
    for base in getattr(owner, '__mro__', ())[1:]:
        if name in vars(base) and callable(vars(base)[name]):
            above = vars(base)[name]
            return (set(inspect.signature(above).parameters),
                    set(read(inspect.getdoc(above) or '').args))
    return set(), set()


def _of_unit(name: str, text: str) -> Iterator[str]:
    words = [word for word, names in UNITS.items() if name in names]
    if words and not re.search('|'.join(words), text, re.IGNORECASE):
        yield f'`{name}` has no unit ({words[0]})'
    if not words and name not in PLAIN:
        yield f'`{name}` is a number that is in neither table of units'


def _of_raises(function: Callable,
               owner: Any,
               doc: Doc,
               class_doc: Doc = None) -> Iterator[str]:
    known = doc.raises | (class_doc.raises if class_doc else set())
    for error in sorted(raised_by(function, owner) - known):
        yield f'raises {error}, which it does not say'


def raised_by(function: Callable, owner: Any = None) -> Set[str]:
    """Exceptions of a function, and of private ones that it calls."""
    module = inspect.getmodule(function)
    found, seen, waiting = set(), set(), [(function, owner)]
    while waiting:
        each, holder = waiting.pop()
        if each in seen:
            continue
        seen.add(each)
        errors, calls = _body(each)
        found |= errors
        for name, of_self in calls:
            if not name.startswith('_') or name.startswith('__'):
                continue
            other = (
                inspect.getattr_static(holder, name, None)
                if of_self and holder else vars(module).get(name))
            other = inspect.unwrap(getattr(other, '__func__', other))
            if inspect.isfunction(other) and (inspect.getmodule(other)
                                              is module):
                waiting.append((other, holder))
    return found


@lru_cache(maxsize=None)
def _body(function: Callable) -> Tuple[Set[str], Set[Tuple[str, bool]]]:
    """Exceptions that a function raises, and names that it calls."""
    if function.__code__.co_filename.startswith('<'):  # of a data class
        return set(), set()
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    errors, calls = set(), set()
    caught = {
        id(node)
        for each in ast.walk(tree)
        if isinstance(each, ast.Try) and each.handlers for line in each.body
        for node in ast.walk(line)
    }
    for node in ast.walk(tree):
        if id(node) in caught:
            continue
        if isinstance(node, ast.Raise):
            name = getattr(getattr(node.exc, 'func', node.exc), 'id', '')
            # what is abstract is not called
            if name and name[0].isupper() and name != 'NotImplementedError':
                errors.add(name)
        elif isinstance(node, ast.Call):
            target = node.func
            if isinstance(target, ast.Name):
                calls.add((target.id, False))
            elif isinstance(target, ast.Attribute) and getattr(
                    target.value, 'id', '') in ('self', 'cls'):
                calls.add((target.attr, True))
    return errors, calls


def main(args: List[str]) -> int:
    """Print faults; the exit status says whether there were any."""
    found = [
        f for f in faults() if not args or any(part in f for part in args)
    ]
    print('\n'.join(found))
    print(f'{len(public())} public names, {len(found)} faults')
    return bool(found)


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))

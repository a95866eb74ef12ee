"""Every message that the package can end with, found in its source.

A message is what reaches an error: the argument of an exception that a user meets, of ``Problem``, or of a
function that hands its own argument on to one. It is written down as a template: ``{}`` stands for each
value put in. What is put in is followed too, through names, conditions, joins and functions of the package,
since it may hold words.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("commands", "scenarios", "optimize", "sim", "reports")
HANDED_ON = {
    "message",
    "text",
    "reason",
    "why",
    "must",
    "what",
    "words",
    "told",
}  # parameters that hold words
ERRORS = {"RoomfoldError", "UnreadableError", "UsageError", "BadParameter", "ClickException", "FileError"}
_WORD = re.compile(r"[A-Za-z]{2}")
_CODE = re.compile(r"[^\s]*|[\w.{}-]+=[\w.{}-]*")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class Source:
    """The package as syntax: functions and texts by name, and which argument of each is a message."""

    unread: dict[Path, str] = field(default_factory=dict)
    defined: dict[str, list[Path]] = field(default_factory=lambda: defaultdict(list))
    imported: dict[Path, set[str]] = field(default_factory=lambda: defaultdict(set))
    classes: list[ast.ClassDef] = field(default_factory=list)
    functions: dict[str, list[tuple[Path, Function]]] = field(default_factory=lambda: defaultdict(list))
    constants: dict[tuple[Path, str], ast.expr] = field(default_factory=dict)
    errors: set[str] = field(default_factory=lambda: set(ERRORS))
    sinks: dict[str, set[tuple[int, str]]] = field(default_factory=lambda: defaultdict(set))
    calls: list[tuple[Path, Function | None, ast.Call]] = field(default_factory=list)
    given: dict[int, dict[str, list[ast.expr]]] = field(default_factory=dict)


def templates() -> dict[str, str]:
    """Every template, with the first place it comes from (``file:line``)."""
    source = _read()
    found: dict[str, str] = {}
    for path, function, call in source.calls:
        for argument in _messages(source, path, call):
            for template, line in _texts(source, path, function, argument, frozenset()):
                if _WORD.search(template.replace("{}", "")) and " " in template:
                    found.setdefault(template, f"{path.relative_to(ROOT)}:{line}")
    return found


def _read() -> Source:
    """The modules that raise, and those that call what hands messages on, until there are no more."""
    source = Source()
    paths = [ROOT / "cli.py", *(p for name in FOLDERS for p in sorted((ROOT / name).rglob("*.py")))]
    source.unread = {path: path.read_text(encoding="utf-8") for path in paths}
    for path, text in source.unread.items():
        for name in re.findall(r"^ *def (\w+)\(", text, flags=re.MULTILINE):
            source.defined[name].append(path)
    wanted = re.compile(r"\braise\b|Error\(|\b(Problem|Family)\(")
    while chosen := [path for path, text in source.unread.items() if wanted.search(text)]:
        for path in chosen:
            _parse(source, path)
        _find_errors(source)
        _find_sinks(source)
        wanted = re.compile(rf"\b({'|'.join(source.sinks)})\(")
    return source


def _parse(source: Source, path: Path) -> None:
    module = ast.parse(source.unread.pop(path))
    for node in ast.walk(module):
        if isinstance(node, Function):
            source.functions[node.name].append((path, node))
        elif isinstance(node, ast.ClassDef):
            source.classes.append(node)
        elif isinstance(node, ast.ImportFrom):
            source.imported[path] |= {name.asname or name.name for name in node.names}
    source.calls += [(path, function, call) for function, call in _calls(module)]
    for node in module.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            source.constants[path, node.targets[0].id] = node.value
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            source.constants[path, node.target.id] = node.value


def _find_errors(source: Source) -> None:
    """Exceptions by name, those that derive from a known one included."""
    known = source.errors
    while new := {
        c.name for c in source.classes if {_last(b) for b in c.bases} & known and c.name not in known
    }:
        known |= new


def _find_sinks(source: Source) -> None:
    """Functions that hand an argument on to an error, and which."""
    for name in source.errors - {"UnreadableError", "InputError"}:
        source.sinks[name] = {(0, "message")}
    source.sinks |= {
        "Problem": {(4, "message")},
        "UnreadableError": {(1, "message")},
        "Family": {(1, "words")},
        "Rule": {(2, "change")},
    }
    size = -1
    while size != (size := sum(map(len, source.sinks.values()))):
        for path, function, call in source.calls:
            if function is None:
                continue
            own = [a.arg for a in function.args.args]
            own = own[1:] if own[:1] in (["self"], ["cls"]) else own
            for argument in _messages(source, path, call):
                for name in _handed_on(argument) & set(own) & HANDED_ON:
                    source.sinks[function.name].add((own.index(name), name))


def _handed_on(argument: ast.expr) -> set[str]:
    """Names that an expression passes on as text: alone, or put into one."""
    if isinstance(argument, ast.Name):
        return {argument.id}
    if isinstance(argument, ast.JoinedStr):
        return {
            v.value.id
            for v in argument.values
            if isinstance(v, ast.FormattedValue) and isinstance(v.value, ast.Name) and v.conversion == -1
        }
    if isinstance(argument, ast.Call):
        return {n for a in argument.args for n in _handed_on(a)}
    return set()


def _calls(node: ast.AST, function: Function | None = None) -> Iterator[tuple[Function | None, ast.Call]]:
    """Every call below, with the function that it stands in."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call):
            yield function, child
        yield from _calls(child, child if isinstance(child, Function) else function)


def _messages(source: Source, path: Path, call: ast.Call) -> Iterator[ast.expr]:
    """Arguments of a call that are messages."""
    name = _last(call.func)
    if name == "ValueError" and path.parent.name in ("scenarios", "listed"):
        yield from call.args[:1]
    for position, keyword in sorted(source.sinks.get(name, ())):
        if position < len(call.args):
            yield call.args[position]
        yield from (k.value for k in call.keywords if k.arg == keyword)


def _last(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _texts(
    source: Source, path: Path, function: Function | None, node: ast.expr, seen: frozenset[int]
) -> Iterator[tuple[str, int]]:
    """Templates of an expression, then those of what it puts in."""
    if id(node) in seen or len(seen) > 12:
        return
    seen |= {id(node)}

    def inner(child: ast.expr) -> Iterator[tuple[str, int]]:
        return _texts(source, path, function, child, seen)

    for template in _written(node):
        if not _CODE.fullmatch(template) or len(seen) == 1:
            yield template, node.lineno
    match node:
        case ast.JoinedStr():
            for part in node.values:
                if isinstance(part, ast.FormattedValue):
                    yield from inner(part.value)
        case ast.Lambda():
            yield from inner(node.body)
        case ast.IfExp():
            yield from inner(node.body)
            yield from inner(node.orelse)
        case ast.BinOp(op=ast.Add()) if not _written(node):
            yield from inner(node.left)
            yield from inner(node.right)
        case ast.BinOp(op=ast.Add()):
            for part in ast.walk(node):
                if isinstance(part, ast.FormattedValue):
                    yield from inner(part.value)
        case ast.BoolOp():
            for child in node.values:
                yield from inner(child)
        case ast.GeneratorExp() | ast.ListComp():
            yield from inner(node.elt)
        case ast.List() | ast.Tuple():
            for child in node.elts:
                yield from inner(child)
        case ast.Dict():
            for child in node.values:
                yield from inner(child)
        case ast.Subscript():
            yield from inner(node.value)
        case ast.Name():
            for value in _assigned(source, path, function, node.id):
                yield from inner(value)
        case ast.Call():
            yield from _called(source, path, function, node, seen)


def _called(
    source: Source, path: Path, function: Function | None, call: ast.Call, seen: frozenset[int]
) -> Iterator[tuple[str, int]]:
    """Templates that a call can return: of a function of the package, of a join, of a format."""
    name = _last(call.func)
    if isinstance(call.func, ast.Attribute) and name in ("join", "format", "get", "lower", "strip"):
        parts = call.args if name == "join" else [call.func.value]
        for part in parts:
            yield from _texts(source, path, function, part, seen)
        return
    for place in source.defined.get(name, []):
        if place in source.unread:
            _parse(source, place)
    places = source.functions.get(name, [])
    own = [(p, f) for p, f in places if p == path]
    of_module = isinstance(call.func, ast.Attribute) and _last(call.func.value) in source.imported[path]
    if not own and (isinstance(call.func, ast.Name) or of_module) and len(places) == 1:
        own = places
    for where, made in own:
        for node in ast.walk(made):
            if isinstance(node, ast.Return) and node.value is not None:
                yield from _texts(source, where, made, node.value, seen)


def _assigned(source: Source, path: Path, function: Function | None, name: str) -> list[ast.expr]:
    """What a name was given: in its function, else in its module."""
    if function is None:
        own: dict[str, list[ast.expr]] = {}
    elif id(function) not in source.given:
        own = source.given[id(function)] = defaultdict(list)
        for node in ast.walk(function):
            if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign) and node.value:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                for name_of in map(_last, targets):
                    value = node.value
                    if isinstance(node, ast.AugAssign) and own[name_of]:  # the text goes on
                        value = ast.copy_location(ast.BinOp(own[name_of].pop(), ast.Add(), value), node)
                    own[name_of].append(value)
    else:
        own = source.given[id(function)]
    value = source.constants.get((path, name))
    return own.get(name) or ([] if value is None else [value])


def _written(node: ast.expr) -> list[str]:
    """The texts that an expression spells out, ``{}`` for each value; conditions give one text a branch."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _written(node.left), _written(node.right)
        return [a + b for a in left for b in right]
    if not isinstance(node, ast.JoinedStr):
        return []
    found = [""]
    for part in node.values:
        choices = ["{}"]
        if isinstance(part, ast.Constant):
            choices = [str(part.value)]
        elif isinstance(part, ast.FormattedValue) and isinstance(part.value, ast.IfExp):
            branches = [*_written(part.value.body)[:1], *_written(part.value.orelse)[:1]]
            if len(branches) == 2:
                choices = branches
        found = [text + choice for text in found for choice in choices]
    return found

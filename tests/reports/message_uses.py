"""Which messages the code asks for, as its syntax trees, templates and scripts tell."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

PACKAGE = Path(str(files("roomfold")))
SPEAKING = "reports"  # the folder whose code says anything; of the others only names are read
NAMING = ("sim", "scenarios", "optimize")
LEAST_LITERAL = 8  # characters that an f-string must fix to say which words it makes


@dataclass(frozen=True)
class Uses:
    """What stands in the code.

    Attributes:
        asked: keys given in full to ``say`` or ``t``, with the blanks filled if all are named there.
        words: all strings, names and words of scenarios: what a key may be put together from.
        patterns: f-strings as regular expressions.
    """

    asked: dict[str, frozenset[str] | None]
    words: frozenset[str]
    patterns: tuple[re.Pattern[str], ...]

    def use(self, key: str) -> bool:
        """Whether a key stands in the code, or can be put together from what does."""
        return key in self.words or self._made(key) or self._follows(key)

    def _made(self, text: str, deeper: bool = True) -> bool:
        """Whether an f-string with words in its blanks gives a text."""
        for pattern in self.patterns:
            found = pattern.fullmatch(text)
            parts = found.groups() if found else ()
            if parts and all(part in self.words or (deeper and self._made(part, False)) for part in parts):
                return True
        return False

    def _follows(self, key: str) -> bool:
        """Whether a string that ends in a dot and words that follow it give a key."""
        for at in (found.end() for found in re.finditer(r"\.", key)):
            head, rest = key[:at], key[at:]
            path = head == "quantity." and all(part in self.words for part in rest.split("."))
            if head in self.words and (path or rest in self.words or self._follows(rest)):
                return True
        return False


def python_sources() -> Iterator[Path]:
    """Every module that says something to a user."""
    yield from sorted((PACKAGE / SPEAKING).rglob("*.py"))
    yield from sorted((PACKAGE / "commands").rglob("*.py"))
    yield PACKAGE / "cli.py"


@cache
def tree(path: Path) -> ast.Module:
    """A module's syntax tree."""
    return ast.parse(path.read_text("utf-8"))


@cache
def uses() -> Uses:
    """Everything in the package that may name a message."""
    asked: dict[str, frozenset[str] | None] = {}
    words: set[str] = set()
    patterns: set[str] = set()
    for path in python_sources():
        for node in ast.walk(tree(path)):
            words |= set(_words(node))
            if isinstance(node, ast.JoinedStr) and (pattern := _pattern(node)):
                patterns.add(pattern)
            if isinstance(node, ast.Call):
                asked.update(_asked(node))
    for path in sorted([*PACKAGE.glob("reports/**/*.j2"), *PACKAGE.glob("reports/**/*.js")]):
        text = path.read_text("utf-8")
        words |= set(re.findall(r"""["']([\w.-]+)["']""", text))
        words |= set(re.findall(r"[\w-]+", text))
        if path.suffix == ".j2":
            asked |= dict.fromkeys(
                re.findall(r'\b(?:t|say)\((?:\w+, |"\w+", )?"([\w-]+\.[\w.-]*[\w-])"', text)
            )
    for folder in NAMING:
        for path in (PACKAGE / folder).rglob("*.py"):
            words |= set(re.findall(r"[\w./-]+", path.read_text("utf-8")))
    for path in (PACKAGE / "scenarios" / "library").rglob("*.yaml"):
        words |= set(re.findall(r"[^\s,\[\]{}:]+", path.read_text("utf-8")))
    return Uses(asked, frozenset(words), tuple(re.compile(pattern) for pattern in sorted(patterns)))


def _words(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)) | ast.Name(id=text) | ast.Attribute(attr=text) | ast.arg(arg=text):
            yield text
        case ast.keyword(arg=str(text)) | ast.FunctionDef(name=text) | ast.ClassDef(name=text):
            yield text


def _pattern(node: ast.JoinedStr) -> str:
    """An f-string as a regular expression; empty if it says too little to be a key or part of one."""
    parts = [part.value if isinstance(part, ast.Constant) else None for part in node.values]
    literal = "".join(part for part in parts if isinstance(part, str))
    first = parts[0] if isinstance(parts[0], str) else ""
    if " " in literal or not ("." in first or len(literal) >= LEAST_LITERAL):
        return ""
    return "".join("(.+)" if part is None else re.escape(str(part)) for part in parts)


def _asked(call: ast.Call) -> Iterator[tuple[str, frozenset[str] | None]]:
    """Keys that a call names, and the blanks it fills; None if some come from elsewhere."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name not in ("say", "t"):
        return
    filled = {keyword.arg for keyword in call.keywords}
    blanks = None if None in filled else frozenset(map(str, filled))
    for argument in call.args[:2]:
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and "." in argument.value:
            yield argument.value, blanks

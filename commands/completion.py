"""Completion in the shell: commands and options come from click; here is what stands for a scenario or a run.

The script that ``roomfold completion SHELL`` prints asks roomfold on every press of the tab key. So nothing
heavy may be imported: names of the library are names of files, and variants are read from a scenario's text
without parsing it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import click
from click.shell_completion import CompletionItem, get_completion_class

SUFFIXES = (".yaml", ".yml")
MARK, PLUS = "@", "+"
HOLDS_A_RUN = "manifest.json"
_STATEMENT = "statement.json"
_HARMLESS = re.compile(r"[\w./:@+,=\u00a1-\U0010ffff-]+")
_BUNDLED = "library:"
_VARIABLE = "_ROOMFOLD_COMPLETE"
_MOST_BYTES = 1 << 20  # of a scenario that is looked through for variants
_OVERRIDES = re.compile(r"^overrides:[ \t]*(?:#.*)?\n((?:[ \t]+.*\n|#.*\n|[ \t]*\n)*)", re.MULTILINE)
_INCLUDE = re.compile(r"^include:[ \t]*(\[[^\]]*\]|(?:\n[ \t]*-[ \t].*)*)", re.MULTILINE)
_FILE = re.compile(r"[^\s\[\],'\"]+\.ya?ml")
_NAME = re.compile(r"^([ \t]+)([a-z][a-z0-9_-]*):", re.MULTILINE)
_LIBRARY = Path(__file__).parents[1] / "scenarios" / "library"  # importing the package would take long
_COUNTRY = {"china", "national"}
_OF_YEAR = re.compile(r"(.+)-\d{4}")
# bash takes @ for the beginning of a host's name, and would part a scenario from its variant.
_WHOLE_WORDS = 'COMP_WORDBREAKS="${COMP_WORDBREAKS//@/}"\n'


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the script that completes commands, scenarios and runs in a shell."""
    kind = get_completion_class(shell)
    assert kind is not None
    main = click.get_current_context().find_root().command
    click.echo((_WHOLE_WORDS if shell == "bash" else "") + kind(main, {}, "roomfold", _VARIABLE).source())


def complete(command: click.Command) -> None:
    """Let what stands for a scenario, a run or a place in a command be completed, told by its name."""
    for param in command.params:
        if param.name == "number":
            param.shell_complete = _numbers_of_run  # type: ignore[method-assign]  # as below
            continue
        found = (_ARGUMENTS if isinstance(param, click.Argument) else _OPTIONS).get(param.name or "")
        if found is not None:
            param.shell_complete = _items(found)  # type: ignore[assignment,method-assign]  # click means it to be set


def scenarios(text: str) -> Iterator[str]:
    """What a text may become that names a scenario: names of the library, files, variants of either."""
    if MARK in text:
        yield from _variants(text)
        return
    yield from sorted(item.stem for item in _LIBRARY.iterdir() if item.suffix == SUFFIXES[0])
    yield from _below(text, lambda path: path.suffix in SUFFIXES)


def runs(text: str) -> Iterator[str]:
    """What a text may become that names the folder of a run."""
    if "out/".startswith(text):
        yield from _below("out/", _is_run)
    yield from _below(text, _is_run)


def places(_text: str) -> Iterator[str]:
    """Places that the library has a tariff or a grid factor of, told by the names of its files."""
    found = {
        _OF_YEAR.fullmatch(path.stem) for name in ("tariffs", "grid") for path in (_LIBRARY / name).iterdir()
    }
    yield from sorted({match[1] for match in found if match} - _COUNTRY)


def numbers(folder: Path, text: str) -> Iterator[str]:
    """What a text may become that is a path in the statement of a run, up to its next dot."""
    try:
        node = json.loads((folder / _STATEMENT).read_bytes())
    except (OSError, ValueError, RecursionError):
        return
    head, dot, _ = text.rpartition(".")
    for key in head.split(".") if dot else ():
        if isinstance(node, dict):
            node = node.get(key)
        else:
            places = {str(place): item for place, item in enumerate(node if isinstance(node, list) else ())}
            node = places.get(key)
    below = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for name, value in below:
        key = str(name)
        if isinstance(value, dict | list):
            yield f"{head}{dot}{key}{'' if isinstance(value, dict) and 'p50' in value else '.'}"
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield f"{head}{dot}{key}"


def _is_run(path: Path) -> bool:
    return (path / HOLDS_A_RUN).is_file()


def _below(text: str, wanted: Callable[[Path], bool]) -> Iterator[str]:
    """Files and folders that begin with a text and are wanted, and folders to look into, with a slash.

    A folder that alone begins with the text is looked into, so that no shell ends the word behind it.
    """
    folder, slash, begun = text.rpartition("/")
    found = sorted(_listed(Path(f"{folder}{slash}" or "."), begun))
    for path in found:
        shown = f"{folder}{slash}{path.name}"
        if wanted(path):
            yield shown
        elif path.is_dir():
            yield f"{shown}/"
            if len(found) == 1:
                yield from _below(f"{shown}/", wanted)


def _listed(folder: Path, begun: str) -> list[Path]:
    """What lies in a folder and begins with a text; hidden only if the text begins with a dot."""
    try:
        names = [path for path in folder.iterdir() if path.name.startswith(begun)]
    except OSError:
        return []
    return [path for path in names if begun or not path.name.startswith(".")]


def _variants(text: str) -> Iterator[str]:
    """A scenario with one more of its overrides behind ``@`` or ``+``."""
    name, _, chosen = text.partition(MARK)
    given = chosen.split(PLUS)[:-1]
    for override in _overrides(name):
        if override not in given:
            yield f"{name}{MARK}{PLUS.join([*given, override])}"


def _overrides(name: str) -> list[str]:
    """Names of the overrides in a scenario's file and what it includes, as their texts have them."""
    own = Path(name).suffix in SUFFIXES or "/" in name
    return list(
        dict.fromkeys(_in_file(Path(name) if own else _LIBRARY / f"{name}{SUFFIXES[0]}", frozenset()))
    )


def _in_file(path: Path, above: frozenset[Path]) -> Iterator[str]:
    if not path.is_file():  # a pipe would be waited for
        return
    try:
        with path.open("rb") as file:
            text = file.read(_MOST_BYTES).decode("utf-8", "replace").replace("\r\n", "\n")
    except (OSError, ValueError):
        return
    included = _INCLUDE.search(text)
    for name in _FILE.findall(included[1]) if included and path not in above else ():
        bundled = name.removeprefix(_BUNDLED)
        yield from _in_file((path.parent if bundled == name else _LIBRARY) / bundled, above | {path})
    block = _OVERRIDES.search(text)
    found = _NAME.findall(block[1]) if block else []
    yield from (override for indent, override in found if indent == found[0][0])


def _items(
    found: Callable[[str], Iterable[str]],
) -> Callable[[click.Context, str], list[CompletionItem[str]]]:
    def complete_to(_ctx: click.Context, incomplete: str) -> list[CompletionItem[str]]:
        return _offered(found(incomplete), incomplete)

    return complete_to


def _offered(found: Iterable[str], incomplete: str) -> list[CompletionItem[str]]:
    """Names that go on from a text, once each; none that a shell would read as anything but a name.

    Files and paths in a run may be called by anybody, and a shell puts what is offered on the line as it is.
    """
    names = (name for name in dict.fromkeys(found) if name.startswith(incomplete))
    return [CompletionItem(name) for name in names if _HARMLESS.fullmatch(name) and name.isprintable()]


def _numbers_of_run(ctx: click.Context, incomplete: str) -> list[CompletionItem[str]]:
    """Numbers of the run that stands before them on the line."""
    folder = ctx.params.get("folder")
    return _offered(numbers(Path(folder), incomplete) if folder else (), incomplete)


def _either(text: str) -> Iterator[str]:
    yield from scenarios(text)
    yield from runs(text)


_ARGUMENTS: dict[str, Callable[[str], Iterable[str]]] = {
    "scenario": scenarios,
    "scenarios": scenarios,
    "folder": runs,
    "source": _either,
    "runs": _either,
}
_OPTIONS: dict[str, Callable[[str], Iterable[str]]] = {"place": places}

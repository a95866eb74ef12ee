"""What turns data into code, or lets others lay a trap, is nowhere in the package but where it must be."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("commands", "scenarios", "optimize", "sim", "reports")

# Reading with these runs code, or may: as modules, as functions by themselves, as methods of anything.
MODULES = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "marshal", "shelve", "jsonpickle", "ctypes"}
MODULES |= {"subprocess", "pty", "socket", "urllib.request", "http", "ftplib", "requests", "code", "runpy"}
MODULES |= {"xml.etree.ElementTree", "xml.sax", "xml.dom", "importlib", "tarfile", "imp", "webbrowser"}
NAMES = {"eval", "exec", "compile", "__import__", "execfile", "input", "breakpoint"}
METHODS = {
    "exec_module",
    "import_module",
    "mktemp",
    "popen",
    "unsafe_load",
    "full_load",
    "extractall",
}
METHODS |= {"read_pickle", "to_pickle", "set_allow_pickle", "fromfile", "urlopen", "from_string", "loads_all"}
LOADS_YAML = {"load", "load_all", "unsafe_load", "full_load", "Loader", "FullLoader", "UnsafeLoader"}
TRUE_IS_WRONG = {
    "allow_pickle",
    "shell",
    "resolve_entities",
    "load_dtd",
    "huge_tree",
    "dangerously_allow_html",
}

# (file, what): why.
ALLOWED = {
    ("sim/own_code.py", "importlib"): "loads the user's own code, once they have allowed it",
    ("sim/own_code.py", "import_module"): "see above",
    ("sim/own_code.py", "exec_module"): "see above",
    ("sim/own_code.py", "importlib.util"): "see above",
    ("sim/own_code.py", "importlib.machinery"): "see above",
    (
        "sim/pool.py",
        "pickle",
    ): "what the process itself wrote into a folder that is its own alone",
    ("sim/cluster.py", "importlib"): "Dask by its fixed name, which is installed only where it is used",
    ("sim/cluster.py", "import_module"): "see above",
    ("commands/language.py", "ctypes"): "asks Windows for the user's language",
    ("commands/machine.py", "ctypes"): "asks Windows for memory and code page",
    ("commands/machine.py", "importlib"): "versions of what is installed",
    ("optimize/instances/kinds.py", "tarfile"): "members are read in memory and never unpacked to the disk",
    ("optimize/instances/text.py", "tarfile"): "see above",
    ("optimize/reassign/read.py", "tarfile"): "see above",
    ("reports/forms.py", "importlib.util"): "asks whether a package is there",
}
HARMLESS = {"importlib.resources", "importlib.metadata", "importlib.resources.abc"}  # files of the package


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of the package by its place."""
    paths = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
    return {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text("utf-8")) for path in paths}


def found_in(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and name of everything in a module that is on the lists above."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, alias.name) for alias in names if _listed(alias.name))
            case ast.ImportFrom(module=str(module), level=0, names=names):
                full = [module, *(f"{module}.{alias.name}" for alias in names)]
                yield from ((node.lineno, name) for name in full[:1] if _listed(name))
                yield from ((node.lineno, name) for name in full[1:] if name in MODULES)
            case ast.Call(func=ast.Name(id=name)) if name in NAMES | METHODS - {"from_string"}:
                yield node.lineno, name
            case ast.Call(func=ast.Attribute(attr=attr, value=ast.Name(id="yaml"))) if attr in LOADS_YAML:
                yield node.lineno, f"yaml.{attr}"
            case ast.Call(func=ast.Attribute(attr="system", value=ast.Name(id="os"))):
                yield node.lineno, "os.system"
            case ast.Call(func=ast.Attribute(attr=attr)) if attr in METHODS:
                yield node.lineno, attr
        for keyword in getattr(node, "keywords", ()) if isinstance(node, ast.Call) else ():
            off = isinstance(keyword.value, ast.Constant) and keyword.value.value in (False, None)
            if keyword.arg in TRUE_IS_WRONG and not off:
                yield node.lineno, f"{keyword.arg}=True"


def _listed(module: str) -> bool:
    parts = module.split(".")
    return module not in HARMLESS and any(".".join(parts[:n]) in MODULES for n in range(1, len(parts) + 1))


def test_nothing_turns_data_into_code() -> None:
    found, used = [], set()
    for name, tree in modules().items():
        for line, what in found_in(tree):
            used.add((name, what))
            if (name, what) not in ALLOWED:
                found.append(f"{name}:{line}: {what}")
    assert not found, "\n".join(found)
    assert used == set(ALLOWED), "allowed and no longer there"


@pytest.mark.parametrize(
    "text",
    [
        "import pickle",
        "from pickle import loads",
        "import xml.etree.ElementTree as e",
        "from xml.etree import ElementTree",
        "eval('1')",
        "yaml.load(x, Loader=yaml.Loader)",
        "np.load(x, allow_pickle=True)",
        "np.load(x, allow_pickle=flag)",
        "run(x, shell=True)",
        "tempfile.mktemp()",
        "os.system(x)",
        "from importlib import import_module",
        "pd.read_pickle(x)",
    ],
)
def test_the_search_itself_finds(text: str) -> None:
    assert list(found_in(ast.parse(text)))


def test_arrays_are_read_with_objects_refused_by_word() -> None:
    """`numpy.load` refuses objects by itself today; each call says so."""
    for name, tree in modules().items():
        for node in ast.walk(tree):
            match node:
                case ast.Call(func=ast.Attribute(attr="load" | "read_array", value=value), keywords=keywords):
                    if ast.unparse(value).split(".")[0] in ("np", "npy", "numpy", "format"):
                        said = {k.arg for k in keywords}
                        assert "allow_pickle" in said, f"{name}:{node.lineno}"

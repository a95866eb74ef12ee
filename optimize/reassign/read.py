"""Reads the files of the ROADEF/EURO challenge 2012, strictly: every fault with its file, line and field."""

from __future__ import annotations

import re
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ...scenarios.errors import InputError, Problem
from .cost import broken_rules
from .instance import LARGEST_COST, Instance, Ints

# Longer numbers would not fit into 64 bits.
_DIGITS = 18
MOST_BYTES = 1 << 30  # of all files of an archive, which are held at once
_ODD = re.compile(rf"[^0-9\s]|[0-9]{{{_DIGITS + 1},}}")
_MEMBER = re.compile(r"(?:.*/)?model_([^/]+)\.txt")


def read(model: Path | str, assignment: Path | str) -> Instance:
    """Read one instance: the model and the running state.

    Raises:
        InputError: a number is missing, out of range or too many, or the running state breaks a rule.
        OSError: a file cannot be read.
    """
    model, assignment = Path(model), Path(assignment)
    name = re.sub(r"^model_", "", model.stem)
    texts = [path.read_text("utf-8", errors="replace") for path in (model, assignment)]
    return _instance(name, _Numbers(str(model), texts[0]), _Numbers(str(assignment), texts[1]))


def read_all(path: Path | str) -> list[Instance]:
    """Read all instances of an archive (``model_X.txt`` beside ``assignment_X.txt``), by name.

    Raises:
        InputError: the archive cannot be read, holds no model, or one of its instances has a fault.
        OSError: the file cannot be read.
    """
    return list(_archive(Path(path)))


def _archive(path: Path) -> Iterator[Instance]:
    try:
        with tarfile.open(path) as archive:
            members = archive.getmembers()
            if sum(member.size for member in members) > MOST_BYTES:
                message = f"unpacks to more than {MOST_BYTES >> 20} MB"
                raise InputError([Problem(str(path), 0, 0, "", message)])
            texts = {
                member.name: file.read().decode("utf-8", errors="replace")
                for member in members
                if (file := archive.extractfile(member)) is not None
            }
    except (tarfile.TarError, zlib.error, EOFError, ValueError) as error:
        raise InputError([Problem(str(path), 0, 0, "", f"no readable archive: {error}")]) from error
    found = {match[1]: name for name in texts if (match := _MEMBER.fullmatch(name))}
    if not found:
        raise InputError([Problem(str(path), 0, 0, "", "holds no model_*.txt")])
    for key, name in sorted(found.items()):
        beside = f"{name.removesuffix(f'model_{key}.txt')}assignment_{key}.txt"
        if beside not in texts:
            raise InputError([Problem(f"{path}:{name}", 0, 0, "", f"no {beside} beside it")])
        numbers = (_Numbers(f"{path}:{member}", texts[member]) for member in (name, beside))
        yield _instance(key, *numbers)


@dataclass
class _Numbers:
    """The whole numbers of a text, taken one after the other; knows the line of each for what it reports."""

    file: str
    text: str
    _values: Ints = field(init=False)
    _next: int = 0

    def __post_init__(self) -> None:
        odd = _ODD.search(self.text)
        if odd is not None:
            line = self.text.count("\n", 0, odd.start()) + 1
            column = odd.start() - self.text.rfind("\n", 0, odd.start())
            shown = self.text[odd.start() :].split(maxsplit=1)[0][:20]
            raise InputError(
                [Problem(self.file, line, column, "", f"{shown!r} where a whole number was expected")]
            )
        self._values = np.array(self.text.split(), dtype=np.int64)

    def take(self, what: str, count: int, *, below: int | None = None, least: int = 0) -> Ints:
        """The next numbers, shape (count,), each at least ``least`` and less than ``below``."""
        values = self._values[self._next : self._next + count]
        if len(values) < count:
            raise self.fault(len(self._values) - 1, what, "the file ends here")
        wrong = values < least
        if below is not None:
            wrong |= values >= below
        if wrong.any():
            at = int(np.argmax(wrong))
            limit = f"at least {least}" if below is None else f"from {least} to {below - 1}"
            raise self.fault(self._next + at, what, f"is {values[at]} and must be {limit}")
        self._next += count
        return values

    def one(self, what: str, *, below: int | None = None, least: int = 0) -> int:
        """The next number."""
        return int(self.take(what, 1, below=below, least=least)[0])

    def end(self) -> None:
        """Nothing more may follow."""
        if self._next < len(self._values):
            raise self.fault(self._next, "end", f"{len(self._values) - self._next} numbers too many")

    def fault(self, number: int, what: str, message: str) -> InputError:
        """An error at one of the numbers."""
        lengths = [len(content.split()) for content in self.text.splitlines()]
        line = 1 + int(np.searchsorted(np.cumsum(lengths), number, side="right"))
        return InputError([Problem(self.file, line, 0, what, message)])


def _instance(name: str, numbers: _Numbers, running: _Numbers) -> Instance:
    resources = numbers.one("resources", least=1)
    kinds = np.array(
        [
            [numbers.one(f"resources[{r}].transient", below=2), numbers.one(f"resources[{r}].weight")]
            for r in range(resources)
        ]
    )
    machines = numbers.one("machines", least=1)
    hosts = np.array([numbers.take(f"machines[{m}]", 2 + 2 * resources + machines) for m in range(machines)])
    spreads, dependencies = _services(numbers, machines)
    processes = numbers.one("processes", least=1)
    rows = np.array([_process(numbers, p, len(spreads), resources) for p in range(processes)])
    balances = np.array(
        [_balance(numbers, b, resources) for b in range(numbers.one("balances"))], dtype=np.int64
    ).reshape(-1, 4)
    weights = numbers.take("move weights", 3)
    numbers.end()
    start = running.take("machine", processes, below=machines)
    running.end()
    instance = Instance(
        name=name,
        requirements=np.ascontiguousarray(rows[:, 1:-1]),
        capacities=np.ascontiguousarray(hosts[:, 2 : 2 + resources]),
        safety=np.ascontiguousarray(hosts[:, 2 + resources : 2 + 2 * resources]),
        transient=kinds[:, 0] == 1,
        load_weights=np.ascontiguousarray(kinds[:, 1]),
        locations=_numbered(hosts[:, 1]),
        neighbourhoods=_numbered(hosts[:, 0]),
        distances=np.ascontiguousarray(hosts[:, 2 + 2 * resources :]),
        services=np.ascontiguousarray(rows[:, 0]),
        spreads=spreads,
        dependencies=dependencies,
        move_costs=np.ascontiguousarray(rows[:, -1]),
        balances=balances,
        move_weights=weights,
        start=start,
    )
    return _usable(instance, numbers.file, running.file)


def _services(numbers: _Numbers, machines: int) -> tuple[Ints, Ints]:
    """Least spread of each service, and the pairs of services that depend on each other."""
    count = numbers.one("services", least=1)
    spreads, pairs = [], []
    for s in range(count):
        spreads.append(numbers.one(f"services[{s}].spread", below=machines + 1))
        needed = numbers.one(f"services[{s}].dependencies", below=count + 1)
        pairs += [(s, int(other)) for other in numbers.take(f"services[{s}].needs", needed, below=count)]
    unlike = sorted({(a, b) for a, b in pairs if a != b})
    return np.array(spreads, dtype=np.int64), np.array(unlike, dtype=np.int64).reshape(-1, 2)


def _process(numbers: _Numbers, p: int, services: int, resources: int) -> Ints:
    service = numbers.take(f"processes[{p}].service", 1, below=services)
    return np.concatenate([service, numbers.take(f"processes[{p}]", resources + 1)])


def _balance(numbers: _Numbers, b: int, resources: int) -> Ints:
    pair = numbers.take(f"balances[{b}].resources", 2, below=resources)
    return np.concatenate([pair, numbers.take(f"balances[{b}]", 2)])


def _numbered(labels: Ints) -> Ints:
    return np.asarray(np.unique(labels, return_inverse=True)[1], dtype=np.int64).reshape(-1)


def _usable(instance: Instance, model: str, running: str) -> Instance:
    if instance.largest_cost() > LARGEST_COST:
        message = f"costs may exceed {LARGEST_COST}, the largest that is counted exactly"
        raise InputError([Problem(model, 0, 0, "", message)])
    broken = broken_rules(instance, instance.start)
    if broken:
        raise InputError(
            [Problem(running, 0, 0, "", f"the running state breaks a rule: {line}") for line in broken]
        )
    return instance

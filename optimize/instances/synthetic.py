"""Virtual machines by flavour and zone (CSV, may be packed as .xz) with flavours and host types (JSON)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from math import ceil, floor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .text import fault, rows, text_of

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

COLUMNS = ("vm", "flavour", "zone", "system", "apart_group")
MEASURES = ("vcpu", "ram_gb", "disk_gb")
HOST_MEASURES = ("vcpu_eff", "ram_gb", "disk_gb")
# Parts of a unit count as thousandths, sizes rounded up and capacities down.
PARTS = 1000
LARGEST = 1e12


@dataclass(frozen=True)
class Zones:
    """Machines of several zones that share no host.

    Attributes:
        name: of the file.
        machines: name of each.
        flavour, zone: of each, shape (machines,).
        apart: group whose members lie on different hosts, -1 for none, shape (machines,).
        sizes: of the flavours in whole numbers, shape (flavours, dimensions).
        capacities: of the host types, shape (types, dimensions).
        costs: shape (types,).
    """

    name: str
    machines: tuple[str, ...]
    flavour: Ints
    zone: Ints
    apart: Ints
    sizes: Floats
    capacities: Floats
    costs: Floats


def read(table: Path, menu: Path) -> Zones:
    """Read both files.

    Raises:
        InputError: with file, line and field of the first fault.
    """
    sizes, capacities, costs = _menu(menu)
    flavour, zone, apart, machines = [], [], [], []
    groups: dict[str, int] = {}
    for row in rows(str(table), text_of(table), COLUMNS):
        machines.append(row.fields["vm"])
        flavour.append(row.number("flavour", 0, len(sizes) - 1))
        zone.append(row.number("zone"))
        group = row.fields["apart_group"].strip()
        apart.append(groups.setdefault(group, len(groups)) if group else -1)
    name = table.name.split(".", 1)[0]
    kind, place, group_of = (np.array(values, dtype=np.int64) for values in (flavour, zone, apart))
    return Zones(name, tuple(machines), kind, place, group_of, sizes, capacities, costs)


def _menu(path: Path) -> tuple[Floats, Floats, Floats]:
    try:
        menu = json.loads(text_of(path))
    except json.JSONDecodeError as error:
        raise fault(str(path), error.lineno, "", f"no JSON: {error.msg}") from error
    except (ValueError, RecursionError) as error:  # numbers of thousands of digits, brackets in brackets
        raise fault(str(path), 0, "", f"no JSON: {error}") from error
    sizes = _matrix(path, menu, "flavours", MEASURES, 0.0)
    hosts = _matrix(path, menu, "host_types", (*HOST_MEASURES, "cost"), 1e-9)
    capacities = hosts[:, :-1]
    if (sizes != np.rint(sizes)).any():
        sizes = np.array([[float(ceil(v * PARTS - 1e-6)) for v in row] for row in sizes])
        capacities = np.array([[float(floor(v * PARTS + 1e-6)) for v in row] for row in capacities])
    return sizes, capacities, hosts[:, -1]


def _matrix(path: Path, menu: Any, part: str, fields: tuple[str, ...], least: float) -> Floats:
    entries = menu.get(part) if isinstance(menu, dict) else None
    if not isinstance(entries, list) or not entries:
        raise fault(str(path), 0, part, "a list with at least one entry is needed")
    values = []
    for k, entry in enumerate(entries):
        for field in fields:
            value = entry.get(field) if isinstance(entry, dict) else None
            if not isinstance(value, int | float) or isinstance(value, bool):
                raise fault(str(path), 0, f"{part}[{k}].{field}", "a number is needed")
            if not least <= value <= LARGEST:
                raise fault(str(path), 0, f"{part}[{k}].{field}", f"{value!r} is no number from {least:g} on")
        values.append([float(entry[field]) for field in fields])
    return np.array(values)

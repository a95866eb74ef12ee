"""The money of every world, small enough to travel in a page, and how each printed figure is made of it.

The page's script takes figures again from it under another way of counting or another price level. Items that
no figure tells apart are one *atom*. Amounts are in whole yuan.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...sim.ledger import ANNUAL, CATEGORIES, ITEMS, ONE_OFF
from ..books import MONTHS_PER_YEAR, Books, rows_of
from ..cash import ROUNDING_CNY
from ..claims import MONEY, Check, months_until, saving_rows
from ..figures import site_capital
from ..quantiles import LEVELS, Floats, weights
from ..residual import cloud_left, residual_cny, vendor_owns
from .packing import pack

MOST_NUMBERS = 250_000  # embedded; of more, the first worlds alone

Json = dict[str, Any]


@dataclass(frozen=True)
class Atoms:
    """Groups of items.

    Attributes:
        of: the atom of each item, shape (items,).
        rows: items of each atom.
    """

    of: tuple[int, ...]
    rows: tuple[tuple[int, ...], ...]

    @classmethod
    def telling(cls, sums: Sequence[Sequence[int]]) -> Atoms:
        """The fewest atoms of which every sum is made, and every category on either side."""
        sets = [set(rows) for rows in sums]
        marks = [
            (CATEGORIES.index(item.category), item.side != "rooms", *(row in rows for rows in sets))
            for row, item in enumerate(ITEMS)
        ]
        kinds = sorted(set(marks))
        of = tuple(kinds.index(mark) for mark in marks)
        return cls(of, tuple(tuple(r for r, a in enumerate(of) if a == i) for i in range(len(kinds))))

    def within(self, rows: Sequence[int]) -> list[int]:
        """Atoms that a sum of items is made of."""
        return sorted({self.of[row] for row in rows})


def draws(books: Books, checks: Sequence[Check], levels: Sequence[str]) -> Json:
    """Everything the script needs to take the figures again.

    Args:
        checks: the claims as printed, in order.
        levels: keys of ``Savings.by_level``, in order.
    """
    atoms = Atoms.telling([saving_rows(c.claim, c.switches) for c in checks if c.claim.metric in MONEY])
    kept = replace(books, results=books.results[: _worlds(books, len(atoms.rows), len(levels))])
    firsts = [ITEMS[rows[0]] for rows in atoms.rows]
    rising = books.scenario.prices.inflation
    return {
        "worlds": len(kept.results),
        "all": len(books.results),
        "years": books.scenario.time.years,
        "annual": list(books.years),
        "debt": ROUNDING_CNY,
        "weights": [weights(len(kept.results), level).tolist() for level in LEVELS],
        "rate": kept.drawn(books.scenario.prices.discount_rate.path).tolist(),
        "inflation": None if rising is None else kept.drawn(rising.path).tolist(),
        "atoms": [[int(i.category == "staff"), int(i.side != "rooms")] for i in firsts],
        "alternatives": {name: _money(kept, name, atoms) for name in books.others},
        "figures": dict(_recipes(kept, atoms, checks, levels)),
    }


def _worlds(books: Books, atoms: int, levels: int) -> int:
    """How many worlds fit."""
    years = books.scenario.time.years
    each = years * atoms + 4 * years * MONTHS_PER_YEAR + 4 * len(books.years) * levels
    return max(1, min(len(books.results), MOST_NUMBERS // (each * max(1, len(books.others)))))


def _money(books: Books, name: str, atoms: Atoms) -> Json:
    """Saving of one alternative: yearly by atom, monthly by staff and cloud, annual by level, worth left."""
    saving = books.saving(name)
    yearly = saving.reshape(len(saving), -1, MONTHS_PER_YEAR, saving.shape[2]).sum(axis=2)
    by_atom = np.stack([yearly[:, :, list(rows)].sum(axis=2) for rows in atoms.rows], axis=1)
    cost = books.each(books.baseline, lambda o: o.cost_by_level_cny)
    by_level = (cost - books.each(name, lambda o: o.cost_by_level_cny))[:, list(books.years)]
    annual = np.isin(np.arange(len(ITEMS)), rows_of(ANNUAL))
    return {
        "yearly": pack(by_atom),
        "monthly": pack(np.stack([saving[:, :, q].sum(axis=2) for q in _quarters()], axis=1)),
        "levels": pack(
            np.stack([by_level[..., q & annual].sum(axis=3).transpose(0, 2, 1) for q in _quarters()], axis=2)
        ),
        "left": pack(_left(books, name).T),
        "capital": pack(site_capital(books, name)),
    }


def _quarters() -> list[np.ndarray[tuple[int, ...], np.dtype[np.bool_]]]:
    """Items by side and staff: rooms, rooms' staff, cloud, cloud's staff."""
    staff = np.array([item.category == "staff" for item in ITEMS])
    cloud = np.array([item.side != "rooms" for item in ITEMS])
    return [~cloud & ~staff, ~cloud & staff, cloud & ~staff, cloud & staff]


def _left(books: Books, name: str) -> Floats:
    """Worth at the end, less the baseline's: in rooms, on the cloud; shape (worlds, 2)."""

    def parts(alternative: str) -> Floats:
        cloud = np.where(vendor_owns(books, alternative), 0.0, cloud_left(books, alternative))
        return np.stack([residual_cny(books, alternative) - cloud, cloud], axis=1)

    return np.asarray(parts(name) - parts(books.baseline))


def _recipes(
    books: Books, atoms: Atoms, checks: Sequence[Check], levels: Sequence[str]
) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Every figure that can be taken again, by the id that its row has in the page."""
    for name in books.others:
        for category in (*ANNUAL, *ONE_OFF):
            kind = "annual" if category in ANNUAL else "once"
            yield f"{name}/{category}", {"of": name, "kind": kind, "atoms": atoms.within(rows_of({category}))}
        all_annual = atoms.within(rows_of(ANNUAL))
        without_staff = atoms.within(rows_of(set(ANNUAL) - {"staff"}))
        once = atoms.within(rows_of(ONE_OFF))
        yield f"{name}/annual_total", {"of": name, "kind": "annual", "atoms": all_annual, "capital": "asked"}
        yield (
            f"{name}/annual_without_staff",
            {"of": name, "kind": "annual", "atoms": without_staff, "capital": "asked"},
        )
        yield (
            f"{name}/annual_with_capital",
            {"of": name, "kind": "annual", "atoms": all_annual, "capital": "always"},
        )
        yield f"{name}/one_off_total", {"of": name, "kind": "once", "atoms": once}
        yield f"{name}/npv", {"of": name, "kind": "npv"}
        yield f"{name}/payback_years", {"of": name, "kind": "payback"}
        for row, level in enumerate(levels):
            yield f"{name}/level {level}", {"of": name, "kind": "level", "level": row, "levels": len(levels)}
    for row, check in enumerate(checks):
        if check.claim.metric in MONEY:
            yield f"claim {row}", _claim(books, atoms, check)


def _claim(books: Books, atoms: Atoms, check: Check) -> Mapping[str, object]:
    """A claim under its own way of counting; with amounts of its own by year where it ends within one."""
    claim = check.claim
    kind = {"annual_saving": "annual", "one_off_saving": "once", "npv_saving": "npv"}[claim.metric]
    months = months_until(books, claim) if kind == "once" else None
    against = claim.against if claim.against not in (None, books.baseline) else None
    rows = saving_rows(claim, check.switches)
    within = months is not None and months % MONTHS_PER_YEAR > 0
    own = {"own": _until(books, check, rows, months or 0)} if within else {}
    return own | {
        "of": check.alternative,
        "against": None if own else against,
        "kind": kind,
        "atoms": None if kind == "npv" else atoms.within(rows),
        "years": None if months is None else months // MONTHS_PER_YEAR,
        "fixed": 1,
        "published": claim.published,
        "most": int(claim.relation == "at-least"),
        "used": int(claim.calibrated),
        "switches": {s: int(s in check.switches) for s in claim.switches},
    }


def _until(books: Books, check: Check, rows: Sequence[int], months: int) -> str:
    """What a claim sums up to a month, by year, whatever it is measured against."""
    against = check.claim.against or books.baseline
    saving = books.each(against, lambda o: o.cost_cny) - books.each(check.alternative, lambda o: o.cost_cny)
    saving[:, months:] = 0.0
    yearly = saving[:, :, rows].sum(axis=2).reshape(len(saving), -1, MONTHS_PER_YEAR).sum(axis=2)
    return pack(yearly)

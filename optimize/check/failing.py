"""N+k: every host fails in turn, and what it held must find room.

Room is what the standby hosts of its pool have, and what the other hosts have left: memory, disk, vCPU
where they are given out by size, and mean demand at each hour of a working day and of a day off. With k
standby hosts the k - 1 largest other hosts fail with it. What does not fit on one standby as a whole is
packed anew, component by component, by exact search; a search that takes too many steps counts as
broken, for then nothing is shown.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from .facts import Facts
from .holding import mean_day_ssj
from .violation import ROUNDING, Violation

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

MOST_STEPS = 20_000


def failing_hosts(facts: Facts) -> Iterator[Violation]:
    """Whatever k hosts of a pool can fail at once is carried."""
    k = facts.cloud.standby_hosts
    if k == 0 or not len(facts.placed):
        return
    needs, room = _dimensions(facts)
    held = np.zeros_like(room)
    np.add.at(held, facts.host, needs)
    homeless = []
    for pool in range(len(facts.plan.pools)):
        mine = (facts.plan.hosts.pool == pool) & (facts.plan.hosts.recovers < 0)
        spare = np.flatnonzero(mine & facts.plan.hosts.standby)
        active = np.flatnonzero(mine & ~facts.plan.hosts.standby)
        homeless += _stranded(facts, needs, room, held, active, spare, k)
    if homeless:
        row, how = homeless[0]
        yield Violation("N+k", f"host {row} fails and {how}", float(len(homeless)), "hosts", len(homeless))


def _dimensions(facts: Facts) -> tuple[Floats, Floats]:
    """What each component takes and what each host has, shapes (placed, dimensions) and (hosts, ...)."""
    day = mean_day_ssj(facts)
    needs, room = [facts.needs_gb], [facts.capacity[:, 1:3]]
    if facts.cloud.sizing in ("performance", "as-is"):
        needs.append(facts.flavour_sizes[:, :1])
        room.append(facts.capacity[:, :1])
    else:  # a component that alone outgrows the largest host is not split
        needs.append(np.minimum(day, facts.usable[:, 3].max()))
        room.append(np.repeat(facts.capacity[:, 3:], day.shape[1], axis=1))
    return np.concatenate(needs, axis=1), np.concatenate(room, axis=1)


def _stranded(
    facts: Facts, needs: Floats, room: Floats, held: Floats, active: Ints, spare: Ints, k: int
) -> list[tuple[int, str]]:
    """Hosts of a pool whose failure, with the k - 1 largest others, leaves components without a host."""
    largest = active[np.argsort(-(held[active] / room[active]).sum(axis=1), kind="stable")]
    found = []
    for row in active.tolist():
        down = [row, *(other for other in largest.tolist() if other != row)][:k]
        if _one_each(held[down], room[spare]):
            continue
        others = np.setdiff1d(active, down)
        items = needs[np.isin(facts.host, down)]
        bins = np.concatenate([room[spare], np.maximum(room[others] - held[others], 0.0)])
        fits = packs(items, bins)
        if not fits:
            how = "no room for its components is found" if fits is None else "its components find no room"
            found.append((row, how))
    return found


def _one_each(held: Floats, room: Floats) -> bool:
    """Whether each failed host goes to a standby of its own, in order of size."""
    if len(room) < len(held):
        return False
    order = np.argsort(-room.sum(axis=1), kind="stable")[: len(held)]
    wanted = held[np.argsort(-held.sum(axis=1), kind="stable")]
    return bool((wanted <= room[order] * (1 + ROUNDING)).all())


def packs(items: Floats, bins: Floats) -> bool | None:
    """Whether items fit into bins, by depth-first search; None if it takes too many steps.

    Args:
        items: shape (items, dimensions).
        bins: shape (bins, dimensions).
    """
    scale = np.maximum(bins.max(axis=0, initial=0.0), 1e-12)
    items, left = items / scale, bins / scale * (1 + ROUNDING)
    if (items.sum(axis=0) > left.sum(axis=0)).any():
        return False
    items = items[np.argsort(-items.max(axis=1, initial=0.0), kind="stable")]
    steps = 0
    choices: list[Iterator[int]] = []
    taken: list[int] = []
    while True:
        depth = len(choices)
        if depth == len(items):
            return True
        choices.append(_places(items[depth], left))
        while choices:
            steps += 1
            if steps > MOST_STEPS:
                return None
            place = next(choices[-1], -1)
            if place >= 0:
                left[place] -= items[len(taken)]
                taken.append(place)
                break
            choices.pop()
            if taken:
                left[taken[-1]] += items[len(taken) - 1]
                taken.pop()
        if not choices:
            return False


def _places(item: Floats, left: Floats) -> Iterator[int]:
    """Bins that take an item, the emptiest first, of equal ones only one."""
    fitting = np.flatnonzero((item <= left).all(axis=1))
    if not len(fitting):
        return iter(())
    _, first = np.unique(left[fitting], axis=0, return_index=True)
    kept = fitting[np.sort(first)]
    return iter(kept[np.argsort(-left[kept].sum(axis=1), kind="stable")].tolist())

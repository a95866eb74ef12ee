"""A part of the assignment chosen anew by a whole-number model, all else staying where it is.

All processes of a few machines are free to change places among these machines. Rules and costs are those of
the whole, so that a change of the model's objective is a change of the cost.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ..solver import Floats, Model
from .instance import Bools, Instance, Ints

# Costs go to the solver in this unit, so that its tolerances mean little.
_UNIT = 1000.0


def reoptimised(
    instance: Instance, assignment: Ints, machines: Ints, nodes: int, seconds: float | None = None
) -> Ints:
    """The assignment with the processes of some machines in better places among them, if any are found.

    Args:
        assignment: keeps all rules, shape (processes,).
        machines: which are chosen anew, without repeats.
        nodes, seconds: at most, see ``Model.solve``.
    """
    part = _Part.of(instance, assignment, machines)
    if not len(part.free):
        return assignment
    for family in (_capacity, _load, _balance, _apart, _spread, _dependencies, _most_moves):
        family(part)
    solution = part.model.solve(nodes=nodes, seconds=seconds, start=np.concatenate(part.present))
    if not len(solution.x):
        return assignment
    better = assignment.copy()
    better[part.free] = machines[np.argmax(solution.x[part.place], axis=1)]
    return better


@dataclass
class _Part:
    """A model in the making.

    Attributes:
        free: processes on the machines; services, needs and moved are theirs, shapes (free,),
            (free, resources) and (free, machines).
        others: all other processes.
        place: columns by free process and machine; ``now`` are their present values.
        present: present values of all columns, by family.
    """

    instance: Instance
    assignment: Ints
    machines: Ints
    free: Ints
    others: Ints
    services: Ints
    needs: Ints
    moved: Bools
    now: Bools
    place: Ints
    model: Model
    present: list[Floats] = field(default_factory=list)

    @classmethod
    def of(cls, instance: Instance, assignment: Ints, machines: Ints) -> _Part:
        """A model in which each free process has one place."""
        inside = np.isin(assignment, machines)
        free = np.flatnonzero(inside)
        moved = instance.start[free, None] != machines
        now = assignment[free, None] == machines
        processes, _, distances = instance.move_weights.tolist()
        cost = processes * instance.move_costs[free, None] * moved
        cost = cost + distances * instance.distances[instance.start[free]][:, machines]
        model = Model("reoptimise")
        place = model.columns("place", now.shape, cost=cost / _UNIT, high=1.0, whole=True)
        model.rows("one", np.repeat(np.arange(len(free)), len(machines)), place, 1.0, low=1.0, high=1.0)
        return cls(
            instance,
            assignment,
            machines,
            free,
            np.flatnonzero(~inside),
            instance.services[free],
            instance.requirements[free],
            moved,
            now,
            place,
            model,
            [now.astype(np.float64).ravel()],
        )

    def columns(self, family: str, values: Floats, *, cost: float, low: float = 0.0) -> Ints:
        """Columns with present values."""
        self.present.append(np.asarray(values, dtype=np.float64).ravel())
        return self.model.columns(family, values.shape, cost=cost / _UNIT, low=low)

    def use(self, r: int) -> Floats:
        """Present use of the machines."""
        return np.asarray(self.now.T.astype(np.float64) @ self.needs[:, r])

    def entries(self, r: int, counted: Bools) -> tuple[Ints, Ints, Floats]:
        """Entries that sum a resource over the processes that count, one row by machine."""
        who, where = np.nonzero(counted & (self.needs[:, r] > 0)[:, None])
        return where, self.place[who, where], self.needs[who, r].astype(np.float64)


def _capacity(part: _Part) -> None:
    """What runs on a machine, or has left it and still holds a transient resource, fits."""
    i, count = part.instance, len(part.machines)
    gone = i.start != part.assignment
    gone[part.free] = True
    for r in range(i.resources):
        kept = np.zeros(i.machines, dtype=np.int64)
        if i.transient[r]:
            np.add.at(kept, i.start[gone], i.requirements[gone, r])
        counted = part.moved | ~i.transient[r]
        row, column, value = part.entries(r, counted)
        room = (i.capacities[:, r] - kept)[part.machines]
        part.model.rows(f"fits{r}", row, column, value, high=room, count=count)


def _load(part: _Part) -> None:
    """Use above safety costs."""
    i, count = part.instance, len(part.machines)
    for r in np.flatnonzero(i.load_weights).tolist():
        safety = i.safety[part.machines, r].astype(np.float64)
        over = part.columns(f"over{r}", np.maximum(part.use(r) - safety, 0.0), cost=float(i.load_weights[r]))
        row, column, value = part.entries(r, np.ones_like(part.moved))
        rows, columns = np.concatenate([row, np.arange(count)]), np.concatenate([column, over])
        values = np.concatenate([value, np.full(count, -1.0)])
        part.model.rows(f"load{r}", rows, columns, values, high=safety, count=count)


def _balance(part: _Part) -> None:
    """Too little free of one resource beside another costs."""
    i, count = part.instance, len(part.machines)
    for k, (first, second, target, weight) in enumerate(i.balances.tolist()):
        here = i.capacities[part.machines]
        full = (target * here[:, first] - here[:, second]).astype(np.float64)
        lacking = np.maximum(full - target * part.use(first) + part.use(second), 0.0)
        short = part.columns(f"short{k}", lacking, cost=float(weight))
        everyone = np.ones_like(part.moved)
        a, b = part.entries(first, everyone), part.entries(second, everyone)
        rows = np.concatenate([np.arange(count), a[0], b[0]])
        columns = np.concatenate([short, a[1], b[1]])
        values = np.concatenate([np.ones(count), target * a[2], -b[2]])
        part.model.rows(f"balance{k}", rows, columns, values, low=full, count=count)


def _apart(part: _Part) -> None:
    """Two processes of a service never share a machine."""
    count = len(part.machines)
    services, which, sizes = np.unique(part.services, return_inverse=True, return_counts=True)
    several = np.flatnonzero(sizes > 1)
    number = np.full(len(services), -1)
    number[several] = np.arange(len(several))
    who = np.flatnonzero(number[which] >= 0)
    row = number[which[who]][:, None] * count + np.arange(count)
    part.model.rows("apart", row, part.place[who], 1.0, high=1.0, count=len(several) * count)


def _spread(part: _Part) -> None:
    """A service stays spread over enough locations."""
    i = part.instance
    places = i.locations[part.machines]
    for s in np.unique(part.services).tolist():
        outside = part.others[i.services[part.others] == s]
        covered = np.unique(i.locations[part.assignment[outside]])
        missing = int(i.spreads[s]) - len(covered)
        new = np.setdiff1d(places, covered)
        if missing <= 0:
            continue
        who = np.flatnonzero(part.services == s)
        at = [part.place[np.ix_(who, places == location)].ravel() for location in new]
        now = np.array([float(part.now[np.ix_(who, places == location)].any()) for location in new])
        part.present.append(now)
        used = part.model.columns(f"used{s}", len(new), high=1.0)
        rows = np.concatenate([np.arange(len(new)), *(np.full(len(c), j) for j, c in enumerate(at))])
        values = np.concatenate([np.ones(len(new)), *(np.full(len(c), -1.0) for c in at)])
        part.model.rows(f"counts{s}", rows, np.concatenate([used, *at]), values, high=0.0, count=len(new))
        part.model.rows(f"spread{s}", np.zeros(len(new)), used, 1.0, low=float(missing), count=1)


def _dependencies(part: _Part) -> None:
    """Where a service runs, those that it depends on run in the same neighbourhood."""
    i = part.instance
    near = i.neighbourhoods[part.machines]
    present = np.zeros((len(i.spreads), int(i.neighbourhoods.max()) + 1), dtype=bool)
    present[i.services[part.others], i.neighbourhoods[part.assignment[part.others]]] = True
    inside = np.zeros(len(i.spreads), dtype=bool)
    inside[part.services] = True
    number = 0
    for a, b in i.dependencies[inside[i.dependencies].any(axis=1)].tolist():
        for area in np.unique(near).tolist():
            if present[b, area]:
                continue
            support = part.place[np.ix_(part.services == b, near == area)].ravel()
            if present[a, area]:
                part.model.rows(f"kept{number}", np.zeros(len(support)), support, 1.0, low=1.0, count=1)
            dependents = np.flatnonzero(part.services == a)
            for p in dependents.tolist() if not present[a, area] else []:
                places = part.place[p, near == area]
                values = np.concatenate([np.ones(len(places)), np.full(len(support), -1.0)])
                columns = np.concatenate([places, support])
                part.model.rows(
                    f"needs{number}x{p}", np.zeros(len(columns)), columns, values, high=0.0, count=1
                )
            number += 1


def _most_moves(part: _Part) -> None:
    """The most moves within one service cost."""
    i = part.instance
    weight = float(i.move_weights[1])
    if not weight:
        return
    moved = i.start != part.assignment
    outside = np.bincount(i.services[part.others][moved[part.others]], minlength=len(i.spreads))
    after = np.bincount(i.services[moved], minlength=len(i.spreads))
    here = np.zeros(len(i.spreads), dtype=bool)
    here[part.services] = True
    low = float(outside[~here].max(initial=0))
    top = part.columns("most", np.array([float(after.max())]), cost=weight, low=low)
    who, where = np.nonzero(part.moved)
    services = np.unique(part.services)
    row = np.searchsorted(services, part.services[who])
    rows = np.concatenate([np.arange(len(services)), row])
    columns = np.concatenate([np.repeat(top, len(services)), part.place[who, where]])
    values = np.concatenate([np.ones(len(services)), np.full(len(row), -1.0)])
    part.model.rows("moves", rows, columns, values, low=outside[services].astype(float), count=len(services))

"""The controller: SimPy wakes it at every control step, and at every end of a move, a boot or a shutdown.

Simultaneous events happen in this order: (1) hosts that have stopped or booted, then moves that end, in the
    order in which they began; (2) the control step: demand is read, everything is updated in host order, the
    moves decided start in order; (3) the end of the run. What happens at one event is one call into compiled
    code.

The demand comes block by block; the state between two blocks can be saved and restored (``Controller.save``).
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterable
from enum import IntEnum
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import simpy
from numpy.typing import NDArray
from simpy.events import EventPriority

from ...optimize.compiled import interpreted
from ...scenarios.errors import InputError, Problem
from ...scenarios.streams import uniforms
from . import initial, moves
from .arrays import ALIVE, NOW_S, Floats, Ints, new_state, new_work
from .fleet import FleetArrays, constants_of
from .policy import Policy, functions_of
from .quirks import RIGHT, Quirks
from .run import J_PER_KWH, FleetRun, MoveLog, Timeline, run_of
from .settings import DEFAULT, LATE_S, Settings, rules_of

Block = NDArray[np.float64] | NDArray[np.float32]
DECIMALS = 1e6  # single-precision shares stand for decimal numbers: six places are kept


class Rank(IntEnum):
    """Order of events at one instant."""

    TRANSITION = 1
    CONTROL = 2


class Moment(simpy.Event):
    """An instant to wait for; its time is exact, however the difference to now rounds."""

    def __init__(self, env: simpy.Environment, at_s: float, rank: Rank) -> None:
        super().__init__(env)
        self._ok = True
        self._value = None
        delay_s = at_s - env.now
        for other_s in (math.nextafter(delay_s, math.inf), math.nextafter(delay_s, 0.0)):
            if env.now + delay_s != at_s:
                delay_s = other_s
        env.schedule(self, EventPriority(rank), delay_s)


class Controller:
    """A run in progress: feed it blocks of demand, then finish it.

    Args:
        initial_host: (components,), where components start; None lets the policy place them.
    """

    def __init__(
        self,
        fleet: FleetArrays,
        policy: Policy,
        quirks: Quirks = RIGHT,
        settings: Settings = DEFAULT,
        initial_host: Ints | None = None,
    ) -> None:
        self.policy, self.quirks, self.settings = policy, quirks, settings
        self.functions = functions_of(policy, quirks)
        self.fleet = constants_of(fleet, settings)
        self.rules = rules_of(settings, quirks, policy.number)
        self.work = new_work(self.fleet, settings.history_steps)
        self.state = new_state(self.fleet, settings.history_steps)
        self.rows: list[tuple[float, int, int, int, float, float]] = []
        self.logs: list[NDArray[np.int64]] = []
        self.next_step = 0
        self.armed_s = math.inf
        self.env = simpy.Environment()
        self.column: Floats | None = None
        self.initial_host = self._start(initial_host)
        self.env.process(self._wake())

    def feed(self, block: Block) -> None:
        """Take the next samples of demand, shape (components, steps), as shares of own capacity 0..1.

        Where nothing is known (nan) a component asks for nothing. Single precision is read as decimal numbers
        of six places, so that whole per cents are exact.

        Raises:
            InputError: a function of the user's has failed, or answered what it must not.
        """
        if block.ndim != 2 or block.shape[0] != len(self.state.home):
            raise ValueError(f"a block of demand needs {len(self.state.home)} rows, not {block.shape}")
        for k in range(block.shape[1]):
            column = np.nan_to_num(block[:, k].astype(np.float64))
            if block.dtype == np.float32:
                column = np.rint(column * DECIMALS) / DECIMALS
            if self.column is not None:
                self._interval(self.column, column)
            self.column = column

    def finish(self) -> FleetRun:
        """Run the last interval and sum up. The last sample holds to the end."""
        if self.column is None:
            raise ValueError("a run needs at least one sample of demand")
        end_s = (self.next_step + 1) * self.settings.interval_s
        self._interval(self.column, self.column, end_s)
        self.column = None
        if not self.quirks.unmetered_ends:
            self._call(moves.close)(self.fleet, self.rules, self.state, self.work, end_s)
        self.state.shutdowns[self.state.was_active & ~self.state.active] += 1
        if not self.policy.power_aware:
            self.state.energy_j[:] = self._full_power_j(float(self.state.clock[NOW_S]))
        log = np.concatenate(self.logs, axis=1) if self.logs else np.empty((4, 0), dtype=np.int64)
        return run_of(
            self.state,
            self.quirks,
            self._timeline(),
            MoveLog(*log),
            self.initial_host,
            self.functions.interpreted,
        )

    def save(self, path: Path) -> None:
        """Write everything needed to go on, whole or not at all."""
        rows = np.array(self.rows, dtype=np.float64).reshape(-1, 6)
        log = np.concatenate(self.logs, axis=1) if self.logs else np.empty((4, 0), dtype=np.int64)
        column = self.column if self.column is not None else np.empty(0)
        half = path.with_name(path.name + ".part")
        with half.open("wb") as file:
            np.savez(
                file,
                allow_pickle=False,
                rows=rows,
                log=log,
                column=column,
                next_step=np.array(self.next_step),
                times_s=np.array([self.env.now, self.control_s]),
                initial_host=self.initial_host,
                **{f"state_{name}": value for name, value in self.state._asdict().items()},
            )
        half.replace(path)

    def restore(self, path: Path) -> None:
        """Go on from a saved state of a run of the same fleet, policy, quirks and settings.

        Raises:
            InputError: the file is no such state, or of another fleet.
        """
        try:
            self._restore(path)
        except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
            problem = Problem(str(path), 0, 0, "", f"is no saved state of this fleet ({error})")
            raise InputError([problem]) from error
        self.env.process(self._wake())
        self.armed_s = math.inf
        self._arm()

    def _restore(self, path: Path) -> None:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as saved:
            for name, value in self.state._asdict().items():
                if saved[f"state_{name}"].shape != value.shape:
                    raise ValueError(f"{name} has another size")
            for name, value in self.state._asdict().items():
                value[...] = saved[f"state_{name}"]
            self.rows = [(r[0], int(r[1]), int(r[2]), int(r[3]), r[4], r[5]) for r in saved["rows"].tolist()]
            self.logs = [saved["log"]]
            self.column = saved["column"] if len(saved["column"]) else None
            self.next_step = int(saved["next_step"])
            now_s, self.control_s = saved["times_s"].tolist()
            self.initial_host = saved["initial_host"]
        self.env = simpy.Environment(now_s)

    def _call(self, function: Any) -> Any:
        return interpreted(function) if self.functions.interpreted else function

    def _start(self, given: Ints | None) -> Ints:
        """Place the components and set the clocks."""
        state, quirks = self.state, self.quirks
        self.control_s = (LATE_S if quirks.late_steps else 0.0) + self.settings.interval_s
        failed = -1
        if given is not None:
            self._call(initial.settle_at)(self.fleet, self.rules, state, given.astype(np.int64))
        else:
            how = initial.SPREAD if quirks.spread_initial_placement else initial.LEAST_POWER
            if self.policy.detector is None:
                how = initial.FIRST_FIT
            order = np.argsort(-self.fleet.component_mips, kind="stable")
            spare = np.zeros(self.settings.history_steps)
            failed = self._call(initial.place)(
                self.fleet, self.rules, state, how, order, spare, self.functions.detector
            )
            self.functions.check()
        if failed >= 0:
            file, line = self.policy.where
            raise InputError([Problem(file, line, 0, "hosts", f"no host has room for component {failed}")])
        state.was_active[:] = quirks.shutdowns_include_never_used
        if quirks.unmetered_ends:
            state.since_s[:] = self.control_s
        self._control = self._call(moves.control)
        self._observe = self._call(moves.observe)
        self._transition = self._call(moves.transition)
        self._next_event = self._call(moves.next_event)
        self._totals = self._call(moves.totals)
        return state.home.copy()

    def _interval(self, level: Floats, following: Floats, until_s: float | None = None) -> None:
        """Everything from one control step up to the next (or to the end of the run)."""
        self.level, self.slope = level, (following - level) / self.settings.interval_s
        first = self.next_step == 0
        if first and not self.quirks.unmetered_ends:
            self._observe(self.fleet, self.rules, self.state, self.work, level, self.slope, 0.0, 0.0)
        if until_s is None:
            until_s = self.control_s if first else self.control_s + self.settings.interval_s
        self.env.run(until=until_s)
        self.functions.check()
        self.next_step += 1

    def _wake(self) -> Generator[simpy.Event, None, None]:
        """The SimPy process: one control step after the other."""
        while True:
            yield Moment(self.env, self.control_s, Rank.CONTROL)
            self._step(self.control_s)
            self._arm()
            self.control_s += self.settings.interval_s

    def _step(self, now_s: float) -> None:
        fleet, rules, state, work = self.fleet, self.rules, self.state, self.work
        sample = (self.level, self.slope, now_s - self.next_step * self.settings.interval_s, now_s)
        count = 0
        if self.policy.detector is None:
            self._observe(fleet, rules, state, work, *sample)
        else:
            functions = self.functions
            count = self._control(
                fleet,
                rules,
                state,
                work,
                *sample,
                functions.detector,
                functions.selector,
                functions.placement,
                self._draw(),
            )
        self.logs.append(
            np.stack(
                [
                    np.full(count, self.next_step),
                    work.move_component[:count],
                    work.move_source[:count],
                    work.move_target[:count],
                ]
            )
        )
        energy_j, active, utilisation = self._totals(fleet, state)
        if not self.policy.power_aware:
            energy_j = float(self._full_power_j(now_s).sum())
        mean = utilisation / active if active else 0.0
        self.rows.append((now_s, active, int(state.counts[ALIVE]), count, energy_j / J_PER_KWH, mean))

    def _draw(self) -> Floats:
        """One random number per pick of this step, if the selector looks at it."""
        if not self.functions.draws:
            return np.empty(0)
        settings, ids = self.settings, np.arange(len(self.state.home))
        return uniforms(settings.seed, settings.world, f"selection {self.next_step}", ids)

    def _arm(self) -> None:
        """Wait for the next end of a move, a boot or a shutdown."""
        due_s = float(self._next_event(self.state))
        if due_s != self.armed_s and math.isfinite(due_s):
            self.armed_s = due_s
            moment = Moment(self.env, due_s, Rank.TRANSITION)
            assert moment.callbacks is not None
            moment.callbacks.append(lambda _: self._due(due_s))

    def _due(self, now_s: float) -> None:
        if self._next_event(self.state) <= now_s:
            offset_s = now_s - self.next_step * self.settings.interval_s
            self._transition(
                self.fleet, self.rules, self.state, self.work, self.level, self.slope, offset_s, now_s
            )
        self._arm()

    def _full_power_j(self, now_s: float) -> Floats:
        """Energy of every host at full power from the start."""
        return np.asarray(self.fleet.watts[self.fleet.kind, 10] * now_s)

    def _timeline(self) -> Timeline:
        columns = list(zip(*self.rows, strict=True)) if self.rows else [()] * 6
        return Timeline(
            time_s=np.array(columns[0], dtype=np.float64),
            active_hosts=np.array(columns[1], dtype=np.int64),
            components=np.array(columns[2], dtype=np.int64),
            moves=np.array(columns[3], dtype=np.int64),
            energy_kwh=np.array(columns[4], dtype=np.float64),
            mean_utilisation=np.array(columns[5], dtype=np.float64),
        )


def consolidate(
    fleet: FleetArrays,
    demand: Block | Iterable[Block],
    policy: Policy,
    quirks: Quirks = RIGHT,
    settings: Settings = DEFAULT,
    initial_host: Ints | None = None,
) -> FleetRun:
    """Run a fleet through a demand of shares 0..1: one block (components, steps), or several in turn."""
    controller = Controller(fleet, policy, quirks, settings, initial_host)
    for block in [demand] if isinstance(demand, np.ndarray) else demand:
        controller.feed(block)
    return controller.finish()

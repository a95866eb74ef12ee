"""Replay of a trace on a static placement: one pass over the samples, as fast as they can be read.

    load of a host    L[h, t] = sum of demand[i, t] capacity_i over the components i on h
    power             P[h, t] = curve_h(min(L / capacity_h, 1)), eleven points, straight between them
    not served        max(L - capacity_h, 0)

Samples may lie in a memory-mapped file of any size, component by component or step by step. They are
read once, tile by tile: the loads of a tile stay in cache while its components are added, and only sums
over hosts (by step) and over time (by host) are kept. Every host is on all the time; what was not
measured (nan) asks for nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..optimize.compiled import compiled
from ..scenarios.errors import InputError, Problem
from .power import KNOTS, Curves

Floats = NDArray[np.float64]
Float32s = NDArray[np.float32]
Indices = NDArray[np.int64]

_TILE = 16384  # steps of a tile where a component's steps lie together
_ROWS = 256  # steps of a tile where a step's components lie together
_LANES = 256  # sums side by side in float32
_FEW = 16  # hosts added up in float32 before they go to float64
_S_PER_HOUR = 3600
_W_PER_KW = 1e3


@dataclass(frozen=True)
class Replay:
    """What the hosts did.

    Attributes:
        power_w, load_ops, unserved_ops: of all hosts together, at each step, shape (steps,).
        overloaded: hosts asked for more than they have at each step, shape (steps,).
        energy_kwh, overloaded_h: of each host, shape (hosts,).
    """

    power_w: Floats
    load_ops: Floats
    unserved_ops: Floats
    overloaded: NDArray[np.int32]
    energy_kwh: Floats
    overloaded_h: Floats


def mapped(path: Path, components: int, steps: int, *, by_step: bool = False) -> Float32s:
    """The samples in a file of little-endian float32, mapped into memory.

    Args:
        by_step: whether all components of a step lie together, else all steps of a component.

    Returns:
        Shape (components, steps), or (steps, components) if ``by_step``.

    Raises:
        InputError: no such file, or one of another size.
    """
    try:
        size = path.stat().st_size
    except OSError as error:
        problem = Problem(str(path), 0, 0, "", f"cannot be read ({error.strerror})")
        raise InputError([problem]) from error
    if size != 4 * components * steps:
        message = (
            f"got {size} bytes, must be {4 * components * steps}: {components} components x {steps} steps"
        )
        raise InputError([Problem(str(path), 0, 0, "", message)])
    shape = (steps, components) if by_step else (components, steps)
    return np.memmap(path, dtype="<f4", mode="r", shape=shape)


def replay(
    demand: Float32s,
    capacity_ops: Floats,
    host: Indices,
    hosts: Curves,
    step_s: float,
    *,
    by_step: bool = False,
) -> Replay:
    """Play a trace on hosts.

    Args:
        demand: share of each component's own capacity; shape (components, steps), or (steps,
            components) if ``by_step``.
        capacity_ops: of each component, shape (components,).
        host: of each component, -1 if it is nowhere, shape (components,).
        hosts: power curve and throughput (``ssj_ops``, in the units of ``capacity_ops``) of each host.
    """
    steps, count = demand.shape[0 if by_step else 1], len(hosts.ssj_ops)
    order = np.argsort(host, kind="stable")
    first = np.searchsorted(host[order], np.arange(count + 1))
    weight = capacity_ops.astype(np.float32)
    per_step = np.zeros((3, steps))
    overloaded = np.zeros(steps, dtype=np.int32)
    per_host = np.zeros((2, count))
    curves = (
        hosts.ssj_ops.astype(np.float32),
        hosts.idle_w.astype(np.float32),
        hosts.change_w.astype(np.float32),
        KNOTS.astype(np.float32),
    )
    samples = np.asarray(demand)  # a plain array over the same memory
    if by_step:
        _by_step(samples, host, weight, *curves, per_step, overloaded, per_host)
    else:
        _by_component(samples, order, first, weight, *curves, per_step, overloaded, per_host)
    hours = step_s / _S_PER_HOUR
    return Replay(
        power_w=per_step[0],
        load_ops=per_step[1],
        unserved_ops=per_step[2],
        overloaded=overloaded,
        energy_kwh=per_host[0] * (hours / _W_PER_KW),
        overloaded_h=per_host[1] * hours,
    )


@compiled
def _by_component(
    demand: Float32s,
    order: Indices,
    first: Indices,
    weight: Float32s,
    capacity: Float32s,
    idle: Float32s,
    change: Float32s,
    knots: Float32s,
    per_step: Floats,
    overloaded: NDArray[np.int32],
    per_host: Floats,
) -> None:
    """Tile by tile and host by host: its components are added one behind the other."""
    steps = demand.shape[1]
    rows = np.zeros((4, _TILE), dtype=np.float32)
    for start in range(0, steps, _TILE):
        end = min(start + _TILE, steps)
        line, power = rows[0][: end - start], rows[1][: end - start]
        few_load, few_power = rows[2][: end - start], rows[3][: end - start]
        for host in range(len(capacity)):
            line[:] = np.float32(0)
            many = first[host + 1] - first[host]
            members = order[first[host] : first[host + 1]]
            for place in range(0, many - many % 4, 4):
                a, b, c, d = members[place], members[place + 1], members[place + 2], members[place + 3]
                _add_four(
                    (demand[a][start:end], demand[b][start:end], demand[c][start:end], demand[d][start:end]),
                    (weight[a], weight[b], weight[c], weight[d]),
                    line,
                )
            for place in range(many - many % 4, many):
                component = members[place]
                _add(demand[component][start:end], weight[component], line)
            _power(line, power, np.float32(1) / capacity[host], idle[host], change[host], knots)
            _book(
                line, power, capacity[host], host, start, few_load, few_power, per_step, overloaded, per_host
            )
            if host % _FEW == _FEW - 1 or host == len(capacity) - 1:
                _flush(few_load, few_power, start, per_step)


@compiled
def _by_step(
    demand: Float32s,
    host: Indices,
    weight: Float32s,
    capacity: Float32s,
    idle: Float32s,
    change: Float32s,
    knots: Float32s,
    per_step: Floats,
    overloaded: NDArray[np.int32],
    per_host: Floats,
) -> None:
    """Eight steps at a time: the loads of all hosts at these steps stay in cache."""
    steps = len(demand)
    load = np.empty((len(capacity), _ROWS), dtype=np.float32)
    eight = np.empty((len(capacity) + 1, 8), dtype=np.float32)  # the last row is of components on no host
    few = np.zeros((3, _ROWS), dtype=np.float32)
    for start in range(0, steps, _ROWS):
        rows = min(_ROWS, steps - start)
        for row in range(0, rows, 8):
            _add_eight(demand, start + row, host, weight, eight)
            for which in range(len(capacity)):
                for lane in range(8):
                    load[which, row + lane] = eight[which, lane]
        power, few_load, few_power = few[0][:rows], few[1][:rows], few[2][:rows]
        for which in range(len(capacity)):
            line = load[which][:rows]
            _power(line, power, np.float32(1) / capacity[which], idle[which], change[which], knots)
            _book(
                line,
                power,
                capacity[which],
                which,
                start,
                few_load,
                few_power,
                per_step,
                overloaded,
                per_host,
            )
            if which % _FEW == _FEW - 1 or which == len(capacity) - 1:
                _flush(few_load, few_power, start, per_step)


@compiled
def _add_eight(demand: Float32s, start: int, host: Indices, weight: Float32s, load: Float32s) -> None:
    """Loads at eight steps, shape (hosts + 1, 8); steps beyond the last repeat it."""
    zero = np.float32(0)
    last = len(demand) - 1
    r0, r1, r2, r3 = (
        demand[min(start, last)],
        demand[min(start + 1, last)],
        demand[min(start + 2, last)],
        demand[min(start + 3, last)],
    )
    r4, r5, r6, r7 = (
        demand[min(start + 4, last)],
        demand[min(start + 5, last)],
        demand[min(start + 6, last)],
        demand[min(start + 7, last)],
    )
    load[:] = zero
    for i in range(len(host)):
        at, times = load[host[i]], weight[i]  # -1 is the last row
        a, b, c, d = r0[i], r1[i], r2[i], r3[i]
        e, f, g, h = r4[i], r5[i], r6[i], r7[i]
        at[0] += (a if a == a else zero) * times
        at[1] += (b if b == b else zero) * times
        at[2] += (c if c == c else zero) * times
        at[3] += (d if d == d else zero) * times
        at[4] += (e if e == e else zero) * times
        at[5] += (f if f == f else zero) * times
        at[6] += (g if g == g else zero) * times
        at[7] += (h if h == h else zero) * times


@compiled
def _add(own: Float32s, times: np.float32, line: Float32s) -> None:
    """Add the demand of a component to the load of its host."""
    for step in range(len(line)):
        value = own[step]
        line[step] += (value if value == value else np.float32(0)) * times


@compiled
def _add_four(
    own: tuple[Float32s, Float32s, Float32s, Float32s],
    times: tuple[np.float32, np.float32, np.float32, np.float32],
    line: Float32s,
) -> None:
    """The same for four components: the load passes through the cache once."""
    zero = np.float32(0)
    first, second, third, fourth = own
    for step in range(len(line)):
        a, b, c, d = first[step], second[step], third[step], fourth[step]
        one = (a if a == a else zero) * times[0] + (b if b == b else zero) * times[1]
        other = (c if c == c else zero) * times[2] + (d if d == d else zero) * times[3]
        line[step] += one + other


@compiled
def _power(
    load: Float32s,
    power: Float32s,
    share: np.float32,
    idle: np.float32,
    change: Float32s,
    knots: Float32s,
) -> None:
    """The curve, all of its knots written out so that one loop runs along memory."""
    zero = np.float32(0)
    c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10 = change
    _, x1, x2, x3, x4, x5, x6, x7, x8, x9, x10 = knots
    for step in range(len(load)):
        u = load[step] * share
        low = c1 * max(u - x1, zero) + c2 * max(u - x2, zero) + c3 * max(u - x3, zero)
        middle = c4 * max(u - x4, zero) + c5 * max(u - x5, zero) + c6 * max(u - x6, zero)
        high = c7 * max(u - x7, zero) + c8 * max(u - x8, zero) + c9 * max(u - x9, zero)
        power[step] = idle + c0 * u + low + middle + high + c10 * max(u - x10, zero)


@compiled
def _book(
    load: Float32s,
    power: Float32s,
    capacity: np.float32,
    host: int,
    start: int,
    few_load: Float32s,
    few_power: Float32s,
    per_step: Floats,
    overloaded: NDArray[np.int32],
    per_host: Floats,
) -> None:
    """Add what one host does in one tile to the sums; those by step over a few hosts are in float32."""
    steps = len(load)
    for step in range(steps):
        few_load[step] += load[step]
        few_power[step] += power[step]
    most = np.zeros(_LANES, dtype=np.float32)
    energy = np.zeros(_LANES, dtype=np.float32)
    for piece in range(0, steps, _LANES):
        asked, watts = load[piece : piece + _LANES], power[piece : piece + _LANES]
        for lane in range(len(asked)):
            most[lane] = max(most[lane], asked[lane])
        for lane in range(len(watts)):
            energy[lane] += watts[lane]
    for lane in range(_LANES):
        per_host[0, host] += np.float64(energy[lane])
    if most.max() > capacity:
        missed, many = per_step[2][start : start + steps], overloaded[start : start + steps]
        count = np.int64(0)
        for step in range(steps):
            missed[step] += np.float64(max(load[step] - capacity, np.float32(0)))
        for step in range(steps):
            over = load[step] > capacity
            many[step] += over
            count += over
        per_host[1, host] += count


@compiled
def _flush(few_load: Float32s, few_power: Float32s, start: int, per_step: Floats) -> None:
    """Bring what a few hosts did to the sums by step."""
    watts = per_step[0][start : start + len(few_load)]
    asked = per_step[1][start : start + len(few_load)]
    for step in range(len(few_load)):
        asked[step] += np.float64(few_load[step])
        watts[step] += np.float64(few_power[step])
    few_load[:] = np.float32(0)
    few_power[:] = np.float32(0)

"""Checks of hosts that a cloud owns already against the rest of a scenario's tree (see ``references``)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from difflib import get_close_matches

from .errors import Problem
from .tree import Node, Path, at, children, matches, one_match


def check_owned(tree: Node) -> Iterator[Problem]:
    """They are of a type and at a site of the same cloud, within its limits, and bought before it opens."""
    for path, _, cloud in matches(tree, "alternatives.*.cloud"):
        kinds = [node.value for _, _, node in matches(cloud, "host_types.*.name")]
        sites = one_match(cloud, "sites")
        names = [] if sites is None else [key for key, _ in children(sites)]
        yield from _named(cloud, path, "existing.*.type", kinds, "host_types")
        yield from _named(cloud, path, "existing.*.site", names, "sites")
        yield from _limited(cloud, path)
        opens = one_match(cloud, "opens")
        if opens is None or not isinstance(opens.value, date):
            continue
        for below, _, node in matches(cloud, "existing.*.bought"):
            if isinstance(node.value, int) and node.value > opens.value.year:
                message = f"got {node.value}, must not be after the cloud opens ({opens.value})"
                yield at(node.mark, (*path, *below), message)


def _named(cloud: Node, path: Path, pattern: str, names: Sequence[object], table: str) -> Iterator[Problem]:
    known = [str(name) for name in names]
    for below, _, node in matches(cloud, pattern):
        if isinstance(node.value, str) and node.value not in known:
            close = get_close_matches(node.value, known, n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"one of {', '.join(known) or 'none'}"
            message = f"got {node.value!r}, must be a name in the cloud's {table} ({hint})"
            yield at(node.mark, (*path, *below), message)


def _limited(cloud: Node, path: Path) -> Iterator[Problem]:
    """A limit on hosts of a type counts those owned."""
    owned: Counter[object] = Counter()
    for _, _, stock in matches(cloud, "existing.*"):
        kind, count = one_match(stock, "type"), one_match(stock, "count")
        if kind is not None and count is not None and isinstance(count.value, int):
            owned[kind.value] += count.value
    for below, _, kind in matches(cloud, "host_types.*"):
        name, limit = one_match(kind, "name"), one_match(kind, "limit")
        if name is None or limit is None or not isinstance(limit.value, int):
            continue
        if limit.value < owned[name.value]:
            message = f"got {limit.value}, must be at least {owned[name.value]}, the hosts of it in existing"
            yield at(limit.mark, (*path, *below, "limit"), message)

"""Checks of places and sites against the rest of a scenario's tree (see ``references``)."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from .errors import Problem
from .tree import Mark, Node, Path, at, children, matches, one_match


def check_places(tree: Node) -> Iterator[Problem]:
    """Places must hold every unit of every level, once places are given."""
    found = next(matches(tree, "estate.places"), None)
    if found is None or not list(children(found[2])):
        return
    for path, _, node in matches(tree, "estate.levels.*.units"):
        level = str(path[2])
        counts = [count.value for _, _, count in matches(tree, f"estate.places.*.units.{level}")]
        whole = [count for count in counts if isinstance(count, int)]
        for place, mark, count in matches(tree, f"estate.places.*.units.{level}"):
            if isinstance(count.value, int) and count.value < 0:
                yield at(mark, place, f"got {count.value}, must be at least 0")
        if isinstance(node.value, int) and len(whole) == len(counts) and sum(whole) != node.value:
            message = f"got {sum(whole)} units of level {level!r}, must be {node.value} as the level says"
            yield at(found[1], found[0], message)


def check_sites(tree: Node) -> Iterator[Problem]:
    """What sites need of each other and of the rest of the cloud."""
    for path, mark, cloud in matches(tree, "alternatives.*.cloud"):
        sites = {str(key): entry.node for key, entry in children(_below(cloud, "sites"))}
        yield from _named(cloud, path, sites)
        for name, site in sites.items():
            yield from _site((*path, "sites", name), site)
        yield from _counts(path, mark, cloud, sites)
        yield from _located(tree, path, cloud, sites)


def _below(node: Node, name: str) -> Node:
    """What stands at a key, or an empty mapping."""
    return one_match(node, name) or Node({}, node.mark)


def _given(node: Node, name: str) -> bool:
    found = one_match(node, name)
    return found is not None and found.value is not None


def _named(cloud: Node, path: Path, sites: dict[str, Node]) -> Iterator[Problem]:
    """Sites that others recover at, or that units are pinned to, must be among the sites."""
    named = (*matches(cloud, "recovery.site"), *matches(cloud, "siting.pinned.*.site"))
    for below, mark, node in named:
        if isinstance(node.value, str) and node.value not in sites:
            close = get_close_matches(node.value, sites, n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"one of {', '.join(sites) or 'none'}"
            message = f"got {node.value!r}, must be a name in the cloud's sites ({hint})"
            yield at(mark, (*path, *below), message)


def _site(path: Path, site: Node) -> Iterator[Problem]:
    """A hub names the place whose room it extends and how many racks that room takes; others do not."""
    hub = _below(site, "kind").value == "hub"
    for name in ("place", "racks") if hub else ():
        if not _given(site, name):
            yield at(site.mark, (*path, name), "got nothing, must be given where kind is 'hub'")
    if not hub and _given(site, "place"):
        yield at(site.mark, (*path, "place"), "got a place, must be left out where kind is not 'hub'")
    if _given(site, "latitude") != _given(site, "longitude"):
        yield at(site.mark, path, "got one of latitude and longitude, must be both or none")


def _counts(path: Path, mark: Mark, cloud: Node, sites: dict[str, Node]) -> Iterator[Problem]:
    """Numbers of sites asked for must be possible."""
    least, most = one_match(cloud, "siting.least_sites"), one_match(cloud, "siting.most_sites")
    if least is not None and isinstance(least.value, int):
        if least.value > max(len(sites), 1):
            message = f"got {least.value}, must be at most {max(len(sites), 1)}, the number of sites"
            yield at(least.mark, (*path, "siting", "least_sites"), message)
        if most is not None and isinstance(most.value, int) and most.value < least.value:
            message = f"got {most.value}, must not be below least_sites ({least.value})"
            yield at(most.mark, (*path, "siting", "most_sites"), message)
    if _given(cloud, "recovery") and len(sites) < 2:
        message = "got a recovery section, must name at least two sites"
        yield at(mark, (*path, "recovery"), message)


def _located(tree: Node, path: Path, cloud: Node, sites: dict[str, Node]) -> Iterator[Problem]:
    """Distances need coordinates of sites, and of units where the distance is between the two."""
    if _given(cloud, "siting.latency_ms") and not list(children(_below(tree, "estate.places"))):
        node = _below(cloud, "siting.latency_ms")
        message = "got a limit on latency, must come with places of the estate"
        yield at(node.mark, (*path, "siting", "latency_ms"), message)
    if _given(cloud, "siting.latency_ms") or _given(cloud, "recovery"):
        for name, site in sites.items():
            if not _given(site, "latitude"):
                message = "got nothing, must be given where distances between sites or to units are limited"
                yield at(site.mark, (*path, "sites", name, "latitude"), message)

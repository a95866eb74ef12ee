"""Loading a scenario: strict YAML, includes, overrides, and every problem at once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

import yaml
from pydantic import BaseModel

from .errors import InputError, Problem
from .fleet import FleetScenario
from .include import gather, library_names
from .likeness import filled_in
from .listed.columns import TABLES
from .quantity import Quantity
from .schema import Scenario
from .tree import Node
from .trust import NOTHING_MORE, Trust
from .user_files import Code, files_placed, is_own_code
from .validate import validate
from .yaml_strict import scalar

# Fields for readers, which change no result.
_TEXTS = frozenset({"title", "summary", "what", "source"})
_CODE = ("model", "detector", "selector", "placement")


def load(path_or_name: str | Path, overrides: Sequence[str] = (), trust: Trust = NOTHING_MORE) -> Scenario:
    """The estate scenario in a file, or the bundled one of that name.

    Args:
        path_or_name: a path, or a bare name such as ``inner-mongolia``.
        overrides: ``path=value`` texts, e.g. ``time.years=3``; the value is YAML.
        trust: what the scenario may have done beside reading files below its own folder.

    Raises:
        InputError: with every problem found, the scenario's own file first.
    """
    scenario = load_any(path_or_name, overrides, trust)
    if isinstance(scenario, FleetScenario):
        message = "got a fleet scenario, must be an estate scenario (one without 'kind: fleet')"
        raise InputError([Problem(str(path_or_name), 0, 0, "kind", message)])
    return scenario


def load_any(
    path_or_name: str | Path, overrides: Sequence[str] = (), trust: Trust = NOTHING_MORE
) -> Scenario | FleetScenario:
    """The scenario in a file, of whichever kind it says it is; see ``load``."""
    problems: list[Problem] = []
    tree, shown = gather(path_or_name, overrides, problems)
    scenario: Scenario | FleetScenario | None
    tree = filled_in(files_placed(tree, problems, trust))
    if _is_fleet(tree):
        scenario = validate(FleetScenario, tree, problems)
    else:
        scenario = validate(Scenario, tree, problems)
    if problems or scenario is None:
        raise InputError(sorted(_once(problems), key=lambda p: (p.file != shown, p)))
    scenario.trusted(trust)
    return scenario


def own_code(scenario: Scenario | FleetScenario) -> list[Code]:
    """Code of the user's own that a scenario names, in the order of its fields."""
    if isinstance(scenario, Scenario):
        named = [("demand.model", scenario.demand.model, scenario.demand.model_sha256)]
    else:
        named = [
            (f"policies.{name}.{role}", getattr(policy, role), getattr(policy, f"{role}_sha256"))
            for name, policy in scenario.policies.items()
            for role in _CODE[1:]
        ]
    return [Code(field, name, digest) for field, name, digest in named if name and is_own_code(name)]


def _once(problems: Sequence[Problem]) -> list[Problem]:
    """Each problem once: what ``like`` copies to other alternatives is told of where it was written."""
    seen: dict[tuple[object, ...], Problem] = {}
    for each in problems:
        part = each.path.partition("alternatives.")[2].partition(".")[2] if each.line else ""
        seen.setdefault((each.file, each.line, each.column, each.message, part or each.path), each)
    return list(seen.values())


def _is_fleet(tree: Node) -> bool:
    return isinstance(tree.value, dict) and "kind" in tree.value and tree.value["kind"].node.value == "fleet"


def library() -> list[str]:
    """Names of the bundled scenarios, sorted."""
    return library_names()


def quantities(section: BaseModel) -> dict[str, Quantity]:
    """Every quantity of a scenario, or of a section of one, by its path in the scenario.

    In the order of the schema, entries of mappings in file order.
    """
    return {quantity.path: quantity for quantity in _walk(section)}


def _walk(value: object) -> Iterator[Quantity]:
    if isinstance(value, Quantity):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _walk(getattr(value, name))
    elif isinstance(value, dict):
        for item in value.values():
            yield from _walk(item)
    elif isinstance(value, tuple):
        for item in value:
            yield from _walk(item)


def fingerprint(scenario: Scenario | FleetScenario) -> str:
    """SHA-256 of everything that can change a result: all fields but titles, texts and sources.

    The order of entries counts, since random draws follow it. Folders do not: files of code and tables of a
    listed estate count by their hash, and the trace of a fleet by its samples (see ``reports.fleet``).
    """
    data = _without_texts(scenario.model_dump(mode="json", by_alias=True))
    assert isinstance(data, dict)
    data.pop("assessment", None)  # which only the report reads
    if isinstance(scenario, FleetScenario):
        data["trace"].pop("path")
    for section in (data.get("demand", {}), *data.get("policies", {}).values()):
        for key in section.keys() & {f"{name}_sha256" for name in _CODE}:
            if section[key] is not None:
                section[key.removesuffix("_sha256")] = section[key.removesuffix("_sha256")].rpartition(":")[2]
    for name in TABLES if data.get("estate", {}).get("listed") else ():
        data["estate"]["listed"].pop(name)
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return sha256(text.encode()).hexdigest()


def _without_texts(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_texts(item) for key, item in value.items() if key not in _TEXTS}
    if isinstance(value, list):
        return [_without_texts(item) for item in value]
    return value


def resolved_yaml(scenario: Scenario | FleetScenario) -> str:
    """The whole scenario as one file: includes merged, units converted, overrides applied."""
    data = scenario.model_dump(by_alias=True, exclude_defaults=True)
    return yaml.dump(
        data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110, default_flow_style=None
    )


class _Dumper(yaml.SafeDumper):
    """Writes what the strict loader reads back: tuples as lists, no aliases, quotes where needed."""

    def ignore_aliases(self, _data: object) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = None if isinstance(scalar(text), str) else "'"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _float(dumper: yaml.SafeDumper, number: float) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:float", repr(number))


_Dumper.add_representer(str, _text)
_Dumper.add_representer(float, _float)
_Dumper.add_representer(tuple, yaml.SafeDumper.represent_list)

"""From a tree with marks to a checked Scenario, or every problem it has in plain words.

The schema is walked together with the tree: unknown and missing fields, units and ranges of
quantities are judged here, where places are known; pydantic judges the rest.
"""

from __future__ import annotations

import re
import types
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from .errors import Problem
from .fleet import FleetScenario
from .likeness import drawn_as
from .quantity import CONVERSIONS, Quantity
from .references import check_fleet, check_references
from .schema import Scenario
from .tree import Entry, Key, Mark, Node, Path, at, children, describe, dotted, plain

AnyScenario = TypeVar("AnyScenario", Scenario, FleetScenario)

_STAND_IN = Quantity(value=1.0)

# pydantic's error type -> what the value must be; {} takes the error's context.
_MUST: dict[str, str] = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "string_type": "text (put it in quotes)",
    "bool_type": "true or false",
    "date_type": "a date such as 2014-12-31, without quotes",
    "model_type": "a mapping (key: value lines)",
    "model_attributes_type": "a mapping (key: value lines)",
    "dict_type": "a mapping (key: value lines)",
    "tuple_type": "a list",
    "invalid_key": "a field name",
    "greater_than_equal": "at least {ge}",
    "greater_than": "more than {gt}",
    "less_than_equal": "at most {le}",
    "less_than": "less than {lt}",
    "literal_error": "{expected}",
    "string_pattern_mismatch": "a name of lower-case letters, digits, - and _ that starts with a letter",
    "string_too_short": "not empty",
    "too_short": "at least {min_length} entries",
    "too_long": "at most {max_length} entries",
}


def validate(kind: type[AnyScenario], tree: Node, problems: list[Problem]) -> AnyScenario | None:
    """The scenario of a tree; problems are added to the list, and None returned if there are any."""
    walk = _Walk(problems, tree)
    data = walk.model(kind, Entry(tree.mark, tree), ())
    problems += check_fleet(tree) if kind is FleetScenario else check_references(tree, walk.quantities)
    try:
        scenario = kind.model_validate(data, strict=True)
    except ValidationError as error:
        problems += [p for details in error.errors() if (p := _translated(details, tree))]
        return None
    return None if problems else scenario


def unknown_fields(kind: type[AnyScenario], tree: Node) -> list[Unknown]:
    """Every field of a tree that the schema does not know, with those known in its place."""
    walk = _Walk([], tree)
    walk.model(kind, Entry(tree.mark, tree), ())
    return walk.unknown


def allowed_range(info: FieldInfo) -> tuple[str, float, float]:
    """Unit and allowed range that a quantity field declares."""
    extra = info.json_schema_extra
    assert isinstance(extra, dict)
    unit, low, high = extra["x-unit"], extra["x-minimum"], extra["x-maximum"]
    assert isinstance(unit, str) and isinstance(low, int | float) and isinstance(high, int | float)
    return unit, low, high


def sections(annotation: Any) -> dict[str, dict[str, type[BaseModel]]]:
    """Where one field chooses among sections: that field's name -> its values -> the section; else empty."""
    if get_origin(annotation) is not Annotated:
        return {}
    union, *notes = get_args(annotation)
    names = [n for note in notes if isinstance(n := getattr(note, "discriminator", None), str)]
    if not names:
        return {}
    kinds = {get_args(kind.model_fields[names[0]].annotation)[0]: kind for kind in get_args(union)}
    return {names[0]: kinds}


def inner(annotation: Any) -> Any:
    """An annotation without Annotated and Optional."""
    if get_origin(annotation) is Annotated:
        return inner(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        return inner(next(arg for arg in get_args(annotation) if arg is not type(None)))
    return annotation


@dataclass(frozen=True)
class Unknown:
    """A field that the schema does not know.

    Attributes:
        mark: where its key is written.
        known: fields that its section may have.
        given: fields that its section has in the same file.
    """

    mark: Mark
    path: Path
    known: tuple[str, ...]
    given: frozenset[str]


@dataclass
class _Walk:
    """Turns nodes into the data pydantic gets, with every quantity built and judged."""

    problems: list[Problem]
    tree: Node
    quantities: set[str] = field(default_factory=set)
    unknown: list[Unknown] = field(default_factory=list)

    def model(self, kind: type[BaseModel], entry: Entry, path: Path) -> object:
        """Data of one section."""
        mapping = entry.node.value
        if not isinstance(mapping, dict):
            return plain(entry.node)
        fields = {info.alias or name: info for name, info in kind.model_fields.items()}
        for key, item in mapping.items():
            if key not in fields:
                self.problems.append(at(item.mark, (*path, key), _unknown(str(key), list(fields))))
                given = frozenset(str(k) for k, e in mapping.items() if e.mark.file == item.mark.file)
                self.unknown.append(Unknown(item.mark, (*path, key), tuple(fields), given))
        data: dict[str, object] = {}
        for name, info in fields.items():
            if name in mapping:
                data[name] = self.field(info, mapping[name], (*path, name))
            elif info.is_required():
                what = info.description or _first_line(info.annotation)
                self.problems.append(at(entry.mark, (*path, name), f"got nothing, must be given: {what}"))
            elif isinstance(info.default, Quantity):
                data[name] = self.default(info, (*path, name))
        return data

    def default(self, info: FieldInfo, path: Path) -> Quantity:
        """The quantity of a field that is left out."""
        unit, low, high = allowed_range(info)
        drawn = dotted(drawn_as(self.tree, path))
        self.quantities.add(drawn)
        quantity: Quantity = info.default
        return quantity.scaled(1.0, unit).placed(drawn, (low, high))

    def field(self, info: FieldInfo, entry: Entry, path: Path) -> object:
        if inner(info.annotation) is Quantity:
            return self.quantity(info, entry.node, path)
        if _are_quantities(info) and isinstance(entry.node.value, dict):
            items = entry.node.value.items()
            return {key: self.quantity(info, item.node, (*path, key)) for key, item in items}
        return self.value(info.annotation, entry, path)

    def value(self, annotation: Any, entry: Entry, path: Path) -> object:
        """Data of any annotation; what does not fit is left for pydantic to refuse."""
        kind, node = self.chosen(annotation, entry.node, path), entry.node
        if kind is str and node.written and type(node.value) not in get_args(annotation):
            return node.written
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return self.model(kind, entry, path)
        if get_origin(kind) is dict and isinstance(node.value, dict):
            of = get_args(kind)[1]
            return {key: self.value(of, item, (*path, key)) for key, item in node.value.items()}
        if get_origin(kind) is tuple and isinstance(node.value, list):
            of = get_args(kind)[0]
            items = enumerate(node.value)
            return tuple(self.value(of, Entry(item.mark, item), (*path, i)) for i, item in items)
        return plain(node)

    def chosen(self, annotation: Any, node: Node, path: Path) -> Any:
        """An annotation without Annotated and Optional; of several sections the one that a field names."""
        kinds, kind = sections(annotation), inner(annotation)
        if not kinds or not isinstance(node.value, dict):
            return kind
        ((name, known),) = kinds.items()
        named = node.value.get(name)
        if named is not None and isinstance(named.node.value, str) and named.node.value in known:
            return known[named.node.value]
        got = "nothing" if named is None else describe(named.node.value)
        close = get_close_matches(str(named.node.value) if named else "", known, n=1)
        hint = f"did you mean {close[0]!r}?" if close else ", ".join(known)
        mark = node.mark if named is None else named.node.mark
        self.problems.append(at(mark, (*path, name), f"got {got}, must be one of the kinds known ({hint})"))
        return object

    def quantity(self, info: FieldInfo, node: Node, path: Path) -> Quantity:
        """The quantity at a path, in its declared unit; a stand-in if it cannot be used."""
        unit, low, high = allowed_range(info)
        drawn = dotted(drawn_as(self.tree, path))
        self.quantities.add(drawn)
        try:
            quantity = Quantity.model_validate(plain(node), strict=True)
        except ValidationError as error:
            self.problems += [p for e in error.errors() if (p := _quantity_problem(e, node, path))]
            return _STAND_IN
        written = unit if quantity.unit is None else quantity.unit
        factor = 1.0 if written == unit else CONVERSIONS.get((written, unit))
        if factor is None:
            self.problems.append(at(_nearest(node, ("unit",)).node.mark, path, _wrong_unit(written, unit)))
            return _STAND_IN
        quantity = quantity.scaled(factor, unit).placed(drawn, (low, high))
        for key, number in zip(("low", "high"), quantity.support, strict=True):
            if not low <= number <= high:
                got = f"{number:.15g}" if factor == 1 else f"{number:.15g} {unit}"
                message = f"got {got}, must be between {low:.15g} and {high:.15g}"
                self.problems.append(at(_number_mark(node, key), path, message))
                break
        return quantity


def _are_quantities(info: FieldInfo) -> bool:
    """Whether a field is a mapping of names to quantities."""
    kind = inner(info.annotation)
    return get_origin(kind) is dict and inner(get_args(kind)[1]) is Quantity


def _unknown(name: str, known: list[str]) -> str:
    close = get_close_matches(name, known, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"one of {', '.join(known)}"
    return f"got unknown field {name!r}, must be a known field ({hint})"


def _wrong_unit(written: str, unit: str) -> str:
    others = [repr(w) for w, to in CONVERSIONS if to == unit]
    return f"got unit {written!r}, must be {unit!r}" + (f" or one of {', '.join(others)}" if others else "")


def _first_line(annotation: Any) -> str:
    return (inner(annotation).__doc__ or "").strip().partition("\n")[0]


def _nearest(node: Node, loc: Path) -> Entry:
    """What stands at ``loc`` below a node, or the nearest thing above it."""
    entry = Entry(node.mark, node)
    for part in loc:
        child = _child(entry.node, part)
        if child is None:
            break
        entry = child
    return entry


def _child(node: Node, part: Key) -> Entry | None:
    if isinstance(node.value, dict):
        return next((entry for key, entry in node.value.items() if str(key) == str(part)), None)
    if isinstance(node.value, list) and isinstance(part, int) and part < len(node.value):
        return Entry(node.value[part].mark, node.value[part])
    return None


def _number_mark(node: Node, key: str) -> Mark:
    """The place of the low or high end of a quantity."""
    places = (_child(node, name) for name in (key, "value", "mode"))
    return next((place.node.mark for place in places if place), node.mark)


def _translated(details: ErrorDetails, tree: Node) -> Problem | None:
    """A pydantic error in plain words; None for what the walk has said already."""
    loc = _as_written(details["loc"], tree)
    if details["type"] in ("missing", "extra_forbidden", "union_tag_invalid", "union_tag_not_found"):
        return None
    if (
        details["type"] == "too_short"
        and len([*children(_nearest(tree, loc).node)]) >= details["ctx"]["min_length"]
    ):
        return None  # there are as many, and what is wrong with them is said of each
    if loc and loc[-1] == "[key]":
        return at(_nearest(tree, loc).mark, loc[:-1], _message(details))
    return at(_nearest(tree, loc).node.mark, loc, _message(details))


def _as_written(loc: Path, tree: Node) -> Path:
    """A place without the names of sections that pydantic puts after those that a field chooses."""
    place: Path = ()
    node: Node | None = tree
    for part in loc:
        found = None if node is None else _child(node, part)
        chosen = node is not None and isinstance(node.value, dict) and found is None
        if chosen and node is not None and part in [plain(entry.node) for _, entry in children(node)]:
            continue
        place, node = (*place, part), None if found is None else found.node
    return place


def _quantity_problem(details: ErrorDetails, node: Node, path: Path) -> Problem | None:
    loc: Path = details["loc"]
    mark = _nearest(node, loc).node.mark
    if details["type"] == "extra_forbidden":
        mark = _nearest(node, loc).mark
        message = _unknown(str(loc[-1]), list(Quantity.model_fields))
    elif details["type"] == "model_type":
        message = f"got {describe(details['input'])}, must be a number or a distribution (low, mode, high)"
    else:
        message = _message(details)
    return at(mark, (*path, *loc), message)


def _message(details: ErrorDetails) -> str:
    kind, got = details["type"], details["input"]
    if kind == "value_error":
        return str(details["ctx"]["error"])
    context = {k: f"{v:.15g}" if isinstance(v, float) else v for k, v in details.get("ctx", {}).items()}
    must = _MUST.get(kind, details["msg"].lower()).format(**context)
    if kind == "literal_error" and isinstance(got, str):
        close = get_close_matches(got, re.findall(r"'([^']*)'", must), n=1)
        must += f" (did you mean {close[0]!r}?)" if close else ""
    if isinstance(got, str) and "：" in got and kind.endswith("_type"):
        must += "; is ： a full-width colon?"
    return f"got {describe(got)}, must be {must}"

"""JSON Schema of scenario files, for editors: completion, help at the cursor, and faults as they are typed.

It is made for a file as it is written, not for the scenario that comes of it: what a file includes may give
any field, so none is required. A number is held to the range of its field; a distribution is not, since it
may be in another unit. Whether a scenario is whole and sound says ``roomfold check``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .attributes import INCLUDE, MATRIX, OVERRIDES
from .fleet import FleetScenario
from .include import LIBRARY_PREFIX, library_files
from .schema import Scenario

ID = "urn:roomfold:scenario:1"
Schema = dict[str, Any]
_MAPPING = {"$ref": "#/$defs/Quantity/anyOf/1"}
_SNIPPETS = [
    {"label": label, "description": what, "body": {**body, "source": "$9", "grade": "A"}}
    for label, what, body in (
        ("value", "A number with its source", {"value": "$1"}),
        ("range", "Triangular: lowest, most likely, highest", {"low": "$1", "mode": "$2", "high": "$3"}),
        ("uniform", "Uniform between two numbers", {"dist": "uniform", "low": "$1", "high": "$2"}),
        ("lognormal", "Median and its spread", {"dist": "lognormal", "mode": "$1", "gsd": "$2"}),
    )
]


def schema_json() -> Schema:
    """JSON Schema of a scenario file of either kind; a quantity is a number or a mapping."""
    estate, fleet = (kind.model_json_schema(by_alias=True) for kind in (Scenario, FleetScenario))
    definitions = {**estate.pop("$defs"), **fleet.pop("$defs")}
    definitions["Quantity"]["defaultSnippets"] = _SNIPPETS
    definitions["Quantity"] = {"anyOf": [{"type": "number"}, definitions["Quantity"]]}
    for name, schema in (("then", fleet), ("else", estate)):
        schema["properties"] |= _of_files(name)
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": ID,
        "title": "Scenario of roomfold",
        "$defs": definitions,
        "if": {"properties": {"kind": {"const": "fleet"}}, "required": ["kind"]},
        "then": fleet,
        "else": estate,
    }
    for mend in (_without_null, _in_part, _by_kind, _bounded):
        _everywhere(whole, mend)
    return whole


def _of_files(kind: str) -> Schema:
    """Fields of a file beside those of a scenario."""
    names = [f"{LIBRARY_PREFIX}{name}" for name in library_files()]
    return {
        "include": {
            "type": "array",
            "items": {"anyOf": [{"enum": names}, {"type": "string"}]},
            "description": INCLUDE,
        },
        "overrides": {
            "type": "object",
            "additionalProperties": {"$ref": f"#/{kind}"},
            "description": OVERRIDES,
        },
        "matrix": {
            "type": "array",
            "items": {"type": "array", "items": {"type": "string"}, "minItems": 1},
            "description": MATRIX,
        },
    }


def _everywhere(schema: object, mend: Callable[[Schema], None]) -> None:
    """Mend every mapping of a schema, the innermost first."""
    for value in (
        list(schema.values()) if isinstance(schema, dict) else schema if isinstance(schema, list) else ()
    ):
        _everywhere(value, mend)
    if isinstance(schema, dict):
        mend(schema)


def _without_null(schema: Schema) -> None:
    """null takes away what an included file gives; no editor should write it of its own accord."""
    if "default" in schema and schema["default"] is None:
        del schema["default"]


def _in_part(schema: Schema) -> None:
    """A section may stand in a file in part."""
    if "properties" in schema and schema.get("type") == "object":
        schema.pop("required", None)


def _by_kind(schema: Schema) -> None:
    """Sections that one field chooses among: by that field where it is given, any of them where it is not."""
    chooser = schema.pop("discriminator", None)
    if not isinstance(chooser, dict):
        return
    name, kinds = chooser["propertyName"], chooser["mapping"]
    schema["properties"] = {name: {"enum": list(kinds)}}
    schema["if"], schema["else"] = {"required": [name]}, {"anyOf": schema.pop("oneOf")}
    schema["allOf"] = [
        {"if": {"properties": {name: {"const": kind}}, "required": [name]}, "then": {"$ref": place}}
        for kind, place in kinds.items()
    ]


def _bounded(schema: Schema) -> None:
    """A quantity says its unit and range, and holds a number to it; so do the quantities of a mapping."""
    if "x-unit" not in schema:
        return
    unit, low, high = schema["x-unit"], schema["x-minimum"], schema["x-maximum"]
    number = {"type": "number", "minimum": low, "maximum": high, "description": f"in {unit}"}
    quantity = {"anyOf": [number, _MAPPING]}
    optional = {"type": "null"} in schema.get("anyOf", ())
    shown = "share" if unit == "1" else unit
    schema["description"] = f"{schema['description']} [{shown}, {low:.15g} to {high:.15g}]"
    if optional:
        schema["anyOf"] = [number, _MAPPING, {"type": "null"}]
    elif schema.pop("$ref", None) is not None:
        schema.update(quantity)
    elif "additionalProperties" in schema:
        schema["additionalProperties"] = quantity

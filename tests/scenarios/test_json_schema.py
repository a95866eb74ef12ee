"""The JSON Schema for editors, judged by an independent validator."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from click.testing import CliRunner

import roomfold.scenarios
from roomfold.cli import main
from roomfold.scenarios import load_any, resolved_yaml
from roomfold.scenarios.attributes import attributes
from roomfold.scenarios.json_schema import schema_json

LIBRARY = Path(roomfold.scenarios.__file__).parent / "library"
OWN = [Path(__file__).with_name(name) for name in ("minimal.yaml", "tiny.yaml")]
SCHEMA = schema_json()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


class Core(yaml.SafeLoader):
    """YAML as editors read it: on, off, yes and no are text."""

    yaml_implicit_resolvers = {  # noqa: RUF012  # as the class above has it
        letter: [rule for rule in rules if letter in "tTfF" or not rule[0].endswith(":bool")]
        for letter, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def plain(text: str) -> Any:
    """A YAML text as JSON has it: dates and keys as text."""
    return json.loads(json.dumps(yaml.load(text, Core), default=str))


def faults(text: str) -> list[str]:
    """Where the validator finds a fault."""
    return [".".join(map(str, error.absolute_path)) for error in VALIDATOR.iter_errors(plain(text))]


def test_it_is_a_schema() -> None:
    """By the rules of its own draft; every field of the reference is in it, with what it means."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    text = json.dumps(SCHEMA, ensure_ascii=False)
    assert '"default": null' not in text
    for field in attributes():
        name = field.path.rpartition(".")[2]
        assert f'"{name}"' in text or "<" in name
        assert json.dumps(field.description, ensure_ascii=False)[1:-1] in text or "<" in name


@pytest.mark.parametrize("path", [*sorted(LIBRARY.rglob("*.yaml")), *OWN], ids=lambda path: path.stem)
def test_files_as_written_have_no_fault(path: Path) -> None:
    """Also those that include others, and parts of scenarios: an editor must not mark what is fine."""
    text = path.read_text(encoding="utf-8")
    assert faults(text if "cloudsim" not in path.name else f"kind: fleet\n{text}") == []


@pytest.mark.parametrize("name", ["beijing", "inner-mongolia-sites", "planetlab"])
def test_whole_scenarios_have_no_fault(name: str) -> None:
    """With all includes in one file."""
    assert faults(resolved_yaml(load_any(name))) == []


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("prices: { discount_rat: 0.05 }", "prices"),
        ("prices: { discount_rate: 7 }", "prices.discount_rate"),
        ("prices: { discount_rate: { low: 0.1, mod: 0.2 } }", "prices.discount_rate"),
        ("prices: { discount_rate: { value: 5, unit: '%/yr' } }", None),
        ("time: { years: 51 }", "time.years"),
        ("reliability: { field_crews: village }", "reliability.field_crews"),
        ("policy: { a: { rule: exclud } }", "policy.a.rule"),
        ("policy: { a: { rule: exclude, share: 1 } }", "policy.a"),
        ("policy: { a: { levels: [x] } }", None),
        ("overrides: { dear: { prices: { discount_rate: 7 } } }", "overrides.dear.prices.discount_rate"),
        ("kind: fleet\nestate: {}", ""),
    ],
)
def test_faults_are_marked_where_they_are(text: str, where: str | None) -> None:
    """Names, ranges of bare numbers, choices, and fields of the rule that is named."""
    found = faults(text)
    assert found == [] if where is None else where in found


def test_a_quantity_says_its_unit_and_range() -> None:
    """What an editor shows beside the field."""
    rate = SCHEMA["$defs"]["Prices"]["properties"]["discount_rate"]
    assert rate["description"] == "Discount rate [1/yr, 0 to 0.3]"
    assert (rate["anyOf"][0]["minimum"], rate["anyOf"][0]["maximum"]) == (0, 0.3)


def test_the_command_writes_it(tmp_path: Path) -> None:
    """To a file in UTF-8, or to the terminal; the same."""
    place = tmp_path / "schema.json"
    assert CliRunner().invoke(main, ["schema", "--out", str(place)]).exit_code == 0
    assert json.loads(place.read_text(encoding="utf-8")) == SCHEMA
    assert json.loads(CliRunner().invoke(main, ["schema"]).stdout) == SCHEMA

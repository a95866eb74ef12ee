"""Variants: named overrides and a matrix of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from roomfold.scenarios import InputError, load, variants_of
from roomfold.scenarios.draw import draw_world

VARIANTS = """baseline: keep
overrides:
  dear:
    title: { en: dear power, zh: 高电价 }
    prices: { electricity_cny_per_kwh: 1.5 }
  long:
    time: { years: 2 }
  cheap:
    prices: { electricity_cny_per_kwh: 0.3 }
matrix:
  - [base, dear, cheap]
  - [base, long]
"""


@pytest.fixture
def path(edit: Callable[..., Path]) -> Path:
    return edit("baseline: keep\n", VARIANTS)


def test_all_combinations_of_the_matrix_the_plain_one_first(path: Path, edit: Callable[..., Path]) -> None:
    assert variants_of(path).combinations == (
        (),
        ("long",),
        ("dear",),
        ("dear", "long"),
        ("cheap",),
        ("cheap", "long"),
    )
    alone = edit("baseline: keep\n", VARIANTS[: VARIANTS.index("matrix")])
    assert variants_of(alone).combinations == ((), ("dear",), ("long",), ("cheap",))


def test_more_variants_than_anybody_reads_are_refused_at_once(edit: Callable[..., Path]) -> None:
    """The first has 2 to the 64 choices, which no loop would end."""
    both = "  - [base, dear]\n" * 64
    many = "".join(f"  v{n}: {{ prices: {{ electricity_cny_per_kwh: 1 }} }}\n" for n in range(1000))
    one = VARIANTS[: VARIANTS.index("matrix")]
    for text, field in ((f"{one}matrix:\n{both}", "matrix"), (f"overrides:\n{many}", "overrides")):
        with pytest.raises(InputError, match=f"{field}: gives over 1000 variants"):
            load(edit("baseline: keep\n", text))


def test_a_variant_is_the_scenario_with_its_overrides_and_sees_the_same_draws(path: Path) -> None:
    plain, both = load(path), load(f"{path}@dear+long")
    assert (both.prices.electricity_cny_per_kwh.value, both.time.years) == (1.5, 2)
    assert (both.name, both.title.en) == (f"{plain.name}--dear--long", f"{plain.title.en}: dear power, long")
    assert both.title.zh.endswith("：高电价、long")
    before, after = draw_world(plain, 0).values, draw_world(both, 0).values
    assert {path for path in before if before[path] != after[path]} <= {"prices.electricity_cny_per_kwh"}
    assert load(f"{path}@dear+cheap").prices.electricity_cny_per_kwh.value == 0.3, "the later one wins"
    assert (
        load(f"{path}@dear", ["prices.electricity_cny_per_kwh=0.9"]).prices.electricity_cny_per_kwh.value
        == 0.9
    )


def test_a_file_whose_name_has_the_sign_is_read_as_it_is(path: Path) -> None:
    other = path.with_name("a@b")
    other.write_bytes(path.read_bytes())
    assert load(other) == load(path)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("  dear:\n", "  base:\n", "overrides.base: got 'base', must be a name of lower-case"),
        ("- [base, long]", "- [base, lang]", "matrix.1.1: got 'lang', must be base or a key of overrides"),
        ("- [base, long]", "- []", "matrix.1: got an empty list"),
        ("- [base, long]", "- long", "matrix.1: got 'long', must be a list of overrides"),
        ("    time: { years: 2 }", "    3", "overrides.long: got 3, must be a mapping"),
    ],
)
def test_faults(
    edit: Callable[..., Path], faults: Callable[..., list[str]], old: str, new: str, line: str
) -> None:
    found = faults(edit("baseline: keep\n", VARIANTS.replace(old, new)))
    assert any(line in fault for fault in found), found


def test_an_override_that_is_not_there(path: Path) -> None:
    with pytest.raises(InputError, match=r"got .deer., must be one of the overrides \(did you mean .dear."):
        load(f"{path}@deer")


def test_an_override_is_named_once(path: Path) -> None:
    with pytest.raises(InputError, match=r"got 'dear' twice"):
        load(f"{path}@dear+cheap+dear")

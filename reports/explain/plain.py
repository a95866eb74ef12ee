"""A chain as plain values, and what its explanations are filled with."""

from __future__ import annotations

import math
from dataclasses import asdict
from shlex import quote
from typing import Any

from ...scenarios.schema import Scenario
from ..lines import text
from ..messages import LANGS, Lang, messages, say
from .chain import BOOKINGS, Chain, Reckoned


def words(chain: Chain, lang: Lang) -> dict[str, object]:
    """What explanations are filled with."""
    made, stated = chain.recipe, chain.run.statement
    if chain.run.is_fleet:
        return {"metric": made.words.get("metric", "")}
    scenario = chain.run.study.scenario
    found: dict[str, object] = dict.fromkeys(
        (
            "rule",
            "id",
            "counting",
            "metric",
            "figure",
            "quantity",
            "site",
            "method",
            "source",
            "aim",
            "target",
        ),
        "",
    )
    found |= made.words
    years = stated["annual_years"]
    found |= {"first": years[0], "last": years[-1], "years": stated["horizon_years"]}
    found |= {
        "name": _titled(scenario, made.alternative, lang),
        "baseline": _titled(scenario, scenario.baseline, lang),
    }
    found["category"] = messages(lang).get(f"category.{made.words.get('category', '')}", "")
    level = str(made.words.get("level", ""))
    found["level"] = (
        text(lang, scenario.estate.levels[level].title) if level in scenario.estate.levels else level
    )
    payer = str(made.words.get("payer", ""))
    found["payer"] = payer_in_words(scenario, payer, lang) if payer else say(lang, "explain.all_levels")
    found["year"] = made.words.get("year", "")
    return found


def _titled(scenario: Scenario, name: str, lang: Lang) -> str:
    return text(lang, scenario.alternatives[name].title) if name in scenario.alternatives else name


def payer_in_words(scenario: Scenario, payer: str, lang: Lang) -> str:
    """A level of government or another payer."""
    levels = scenario.estate.levels
    return text(lang, levels[payer].title) if payer in levels else say(lang, f"money.payer.{payer}")


def commands(chain: Chain) -> dict[str, str]:
    """Commands that check a number, by what they are for; names in them are quoted for a shell."""
    place, seed = chain.run.folder, quote(str(chain.run.statement.get("seed", "")))
    folder, number = quote(str(place)), quote(chain.name or chain.path)
    found = {"verify": f"roomfold verify {folder}"}
    if chain.reckoned is not None:
        world = chain.reckoned.world
        other = chain.below or chain.above
        if other is not None and other.world != world:
            found["world"] = f"roomfold explain {folder} {number} --world {other.world}"
        again = f"--seed {seed} --worlds {world + 1} --out {quote(f'{place.name}-again')}"
        found["rerun"] = f"roomfold run {quote(str(place / 'scenario.yaml'))} {again}"
    return found


def to_json(chain: Chain) -> dict[str, Any]:
    """The chain as plain values; what the depth leaves out is empty."""
    found, made = chain.reckoned, chain.recipe
    return {
        "path": chain.path,
        "name": chain.name,
        "run": chain.run_id,
        "value": _finite(chain.value),
        "unit": chain.unit,
        "figure": dict(chain.figure),
        "taken": made.taken,
        "origin": made.origin,
        "again": _finite(made.again),
        "difference": _finite(chain.difference),
        "below": None if chain.below is None else asdict(chain.below),
        "above": None if chain.above is None else asdict(chain.above),
        "weights": [{"world": world, "weight": weight} for world, weight in chain.weights],
        "how": {lang: _told(chain, lang) for lang in LANGS},
        "formula": made.formula,
        "world": None if found is None else _world(found, chain.depth),
        "rules": [
            {
                "item": r.item,
                "module": r.rule.module,
                "section": r.rule.section,
                "quantities": list(r.quantities),
            }
            for r in chain.rules
        ],
        "quantities": [asdict(drawn) for drawn in chain.quantities],
        "commands": commands(chain),
        "sound": chain.sound,
    }


def _told(chain: Chain, lang: Lang) -> str:
    return say(lang, f"explain.how.{chain.recipe.key}", **words(chain, lang))


def _world(found: Reckoned, depth: int) -> dict[str, Any]:
    parts = found.parts if depth >= BOOKINGS else ()
    return {
        "world": found.world,
        "stated": _finite(found.stated),
        "again": _finite(found.again),
        "residual": _finite(found.residual),
        "months_off": found.months_off,
        "symbols": {name: _finite(value) for name, value in found.symbols.items()},
        "parts": [
            {"name": p.name, "value": p.value, "entries": [asdict(e) for e in p.entries]} for p in parts
        ],
        "by_level": {name: dict(places) for name, places in found.levels.items()},
        "bookings": found.number,
        "largest": [asdict(booking) for booking in found.full],
    }


def _finite(value: float | None) -> float | None:
    return value if value is None or math.isfinite(value) else None

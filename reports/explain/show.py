"""A chain on a screen, in either language."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from ...scenarios.check import GRADES, columns
from ...scenarios.schema import Scenario
from ...sim.ledger import ITEM, ITEMS
from ..messages import Lang, messages, number, say, significant
from .account import Entry, Part
from .chain import BOOKINGS, EVERYTHING, RULES, Chain, Of, Reckoned, Ruled
from .drawn import Drawn
from .plain import commands, payer_in_words, words

MONEY = ("CNY", "CNY/yr")
CENTS = 2
DIGITS = 10
GAP = "  "


def shown(chain: Chain, lang: Lang) -> str:
    """A chain as text."""
    lines = [f"{chain.path}{f'  ({chain.name})' if chain.name else ''}", _run(chain, lang), ""]
    lines += _section(lang, "figure", _figure(chain, lang))
    lines += _section(lang, "formula", _formula(chain, lang))
    if chain.depth >= BOOKINGS:
        lines += _bookings(chain, lang)
    if chain.depth >= RULES:
        lines += _section(lang, "rules", list(_rules(chain, lang)))
        lines += _section(lang, "quantities", [_draw(each, lang) for each in chain.quantities])
        lines += _section(lang, "sources", list(_sources(chain.quantities, lang)))
    lines += _section(lang, "check", list(_check(chain, lang)))
    lines.append(say(lang, "explain.sound" if chain.sound else "explain.unsound"))
    return "\n".join(one_line(line) for line in lines)


def one_line(text: str) -> str:
    """A line that stays one, so that no name or source in it can say what the chain says below."""
    return " ".join(text.splitlines()).rstrip()


def amount(lang: Lang, value: float | None, unit: str) -> str:
    """A value in full: money to the cent, anything else at ten digits."""
    if value is None or not math.isfinite(value):
        return say(lang, "explain.nothing")
    if unit in MONEY:
        called = say(lang, "explain.unit.cny" if unit == "CNY" else "explain.unit.cny_per_year")
        return f"{number(lang, value, CENTS)}{'' if lang == 'zh' else ' '}{called}"
    digits = f"{value:.{DIGITS}g}"
    called = "" if unit in ("1", "", "count") else unit_called(lang, unit)
    return f"{digits} {called}" if called and lang == "en" else f"{digits}{called}"


def unit_called(lang: Lang, unit: str) -> str:
    """What a unit is called: as quantities and tables write it; an unknown one stands as it is."""
    return unit if lang == "en" else messages(lang).get(f"quantity_unit.{unit}", unit)


def _section(lang: Lang, head: str, lines: Sequence[str], **values: object) -> list[str]:
    if not lines:
        return []
    return [say(lang, f"explain.head.{head}", **values), *(f"{GAP}{line}" for line in lines), ""]


def _run(chain: Chain, lang: Lang) -> str:
    stated = chain.run.statement
    return say(
        lang,
        "explain.run",
        run=chain.run_id,
        scenario=stated["scenario"],
        version=stated.get("version", ""),
        worlds=stated.get("worlds", 1),
        seed=stated.get("seed", ""),
    )


def _figure(chain: Chain, lang: Lang) -> list[str]:
    """Value, quantiles, how they are taken, and the worlds around it."""
    lines = []
    value = amount(lang, chain.value, chain.unit)
    if chain.part:
        of = say(lang, f"explain.part.{chain.part}")
        worlds = chain.run.statement["worlds"]
        lines.append(say(lang, "explain.of", value=value, part=of, worlds=worlds))
        heads = {part: part.upper() for part in ("p10", "p50", "p90")}
        heads["mean"] = say(lang, "explain.part.mean")
        span = (f"{head} {amount(lang, chain.figure[part], chain.unit)}" for part, head in heads.items())
        lines.append(GAP.join(span))
    else:
        lines.append(value)
    if chain.recipe.taken != "none":
        weights = (say(lang, "explain.weight", world=w, weight=f"{share:.1%}") for w, share in chain.weights)
        joined = ("、" if lang == "zh" else ", ").join(weights)
        count = 0 if chain.recipe.values is None else sum(map(math.isfinite, chain.recipe.values.tolist()))
        lines.append(say(lang, f"explain.taken.{chain.recipe.taken}", weights=joined, count=count))
    if chain.below or chain.above:
        ends = {"below": _one(chain.below, chain.unit, lang), "above": _one(chain.above, chain.unit, lang)}
        lines.append(say(lang, "explain.between", **ends))
    again, off = chain.recipe.again, chain.difference
    if again is None or off is None:
        lines.append(say(lang, "explain.again.not"))
    else:
        values = {"again": amount(lang, again, chain.unit), "difference": f"{off:.2g}"}
        lines.append(say(lang, "explain.again", **values))
    return lines


def _one(of: Of | None, unit: str, lang: Lang) -> str:
    if of is None:
        return say(lang, "explain.nothing")
    return say(lang, "explain.one_world", world=of.world, value=amount(lang, of.value, unit))


def _formula(chain: Chain, lang: Lang) -> list[str]:
    made, found = chain.recipe, chain.reckoned
    lines = [say(lang, f"explain.how.{made.key}", **words(chain, lang))]
    if made.formula:
        lines.append(say(lang, "explain.formula", formula=made.formula))
    if found is not None and found.symbols:
        put = (f"{name} = {_symbol(lang, value)}" for name, value in found.symbols.items())
        lines.append(say(lang, "explain.with", symbols=GAP.join(put)))
    if found is not None:
        values = {"world": found.world, "value": amount(lang, found.stated, made.unit)}
        if found.again is None:
            lines.append(say(lang, "explain.world", **values))
        else:
            off = found.residual
            values["again"] = amount(lang, found.again, made.unit)
            values["difference"] = say(lang, "explain.nothing") if off is None else f"{off:.2g}"
            lines.append(say(lang, "explain.world.again", **values))
    if made.origin != "bookings":
        lines.append(say(lang, f"explain.no_bookings.{made.origin}"))
    return lines


def _symbol(lang: Lang, value: float) -> str:
    return number(lang, value, CENTS) if abs(value) >= 1e5 else f"{value:.{DIGITS}g}"


def _bookings(chain: Chain, lang: Lang) -> list[str]:
    found = chain.reckoned
    if found is None or not any(part.entries for part in found.parts):
        return []
    lines: list[str] = []
    for part in found.parts:
        lines += _part(part, found, chain, lang)
    if found.number is not None:
        lines.append(say(lang, "explain.full", count=number(lang, found.number)))
        rows = [
            (
                b.month,
                b.site,
                _item(b.item, lang),
                b.alternative,
                b.payer,
                f"{b.amount:.6g}",
                number(lang, b.cost_cny, CENTS),
            )
            for b in found.full
        ]
        lines += (f"{GAP}{line}" for line in aligned(rows, range(5, len(rows[0]))))
    else:
        lines.append(say(lang, "explain.full.not", world=chain.run.study.world.index))
    if chain.recipe.formula and found.months_off:
        lines.append(say(lang, "explain.months", off=f"{found.months_off:.2g}"))
    return _section(lang, "bookings", lines, world=found.world)


def _part(part: Part, found: Reckoned, chain: Chain, lang: Lang) -> list[str]:
    """One sum: its bookings by item and alternative (by year too, if all is asked for), places, years."""
    head, _, year = part.name.partition(" ")
    title = say(lang, f"explain.sum.{head}")
    lines = [f"{title} {year}".rstrip()]
    if not part.entries:
        return [*lines, f"{GAP}{say(lang, 'explain.nothing')}"]
    rows = [tuple(say(lang, "explain.columns").split(" | "))]
    rows += [_row(group, lang) for group in _grouped(part.entries, by_year=chain.depth >= EVERYTHING)]
    rows.append((say(lang, "explain.sum"), "", "", "", "", "", _counted(lang, part.value, part.entries)))
    lines += (f"{GAP}{line}" for line in aligned(rows, range(2, len(rows[0]))))
    join = "；" if lang == "zh" else "; "
    scenario = chain.run.study.scenario
    if places := found.levels.get(part.name):
        named = (f"{_place(scenario, at, lang)} {number(lang, value, CENTS)}" for at, value in places.items())
        lines.append(GAP + say(lang, "explain.levels", places=join.join(named)))
    by_year: dict[int, float] = {}
    for entry in part.entries:
        by_year[entry.year] = by_year.get(entry.year, 0.0) + entry.counted
    if len(by_year) > 1:
        years = (f"{y} {_counted(lang, value, part.entries)}" for y, value in sorted(by_year.items()))
        lines.append(GAP + say(lang, "explain.years", years=join.join(years)))
    return lines


def _place(scenario: Scenario, level: str, lang: Lang) -> str:
    """A level of government, or the cloud."""
    own = level in scenario.estate.levels
    return payer_in_words(scenario, level, lang) if own else say(lang, "figure.cloud_site")


def _grouped(entries: Iterable[Entry], *, by_year: bool) -> list[list[Entry]]:
    """Entries of an item and alternative together, the largest first."""
    groups: dict[tuple[object, ...], list[Entry]] = {}
    for entry in entries:
        key = (entry.item, entry.alternative, entry.level, entry.year if by_year else None)
        groups.setdefault(key, []).append(entry)
    return sorted(groups.values(), key=lambda group: -abs(math.fsum(e.counted for e in group)))


def _row(group: Sequence[Entry], lang: Lang) -> tuple[str, ...]:
    first = group[0]
    years = {entry.year for entry in group}
    place = "" if first.level is None else f" ({first.level})"
    label = _item(first.item, lang) + place + (f" {first.year}" if len(years) == 1 else "")
    amounts = [entry.amount for entry in group if entry.amount is not None]
    booked = math.fsum(entry.booked for entry in group)
    return (
        label,
        first.alternative,
        f"{math.fsum(amounts):.8g}" if amounts else "",
        _unit(first.item, lang) if amounts else "",
        _price(lang, booked, math.fsum(amounts), first.column),
        _counted(lang, booked, group),
        _counted(lang, math.fsum(entry.counted for entry in group), group),
    )


def _price(lang: Lang, booked: float, amount: float, column: str) -> str:
    """What one unit is booked at; nothing where it is not money that is booked."""
    return significant(lang, booked / amount, 4) if column.endswith("_cny") and amount else ""


def unit_of(item: str) -> str:
    """Unit of an item's amount."""
    return ITEMS[ITEM[item]].unit


def _unit(item: str, lang: Lang) -> str:
    return unit_of(item) if lang == "en" else say(lang, f"book.unit.{unit_of(item)}")


def _counted(lang: Lang, value: float, entries: Sequence[Entry]) -> str:
    return number(lang, value, CENTS) if entries[0].column.endswith("_cny") else significant(lang, value, 8)


def _item(name: str, lang: Lang) -> str:
    return say(lang, f"booking.{name}")


def _rules(chain: Chain, lang: Lang) -> Iterator[str]:
    """Each rule with the bookings that it made; with the quantities of each, if everything is asked for."""
    groups: dict[tuple[str, str], list[Ruled]] = {}
    for ruled in chain.rules:
        groups.setdefault((ruled.rule.module, ruled.rule.section), []).append(ruled)
    join = "、" if lang == "zh" else ", "
    for (module, section), made in groups.items():
        what = join.join(_ruled(each, lang) for each in made)
        yield say(lang, "explain.rule", item=what, module=module, section=section)
        if chain.depth >= EVERYTHING:
            yield from (f"{GAP}{_ruled(each, lang)} <- {', '.join(each.quantities)}" for each in made)


def _ruled(ruled: Ruled, lang: Lang) -> str:
    """What a rule made: an item of the books, or the figure itself."""
    if ruled.item:
        return _item(ruled.item, lang)
    return say(lang, "explain.rule.formula" if "reckon" in ruled.rule.module else "explain.rule.figure")


def _draw(drawn: Drawn, lang: Lang) -> str:
    line = say(lang, "explain.line", line=drawn.line) if drawn.line else ""
    spread = say(lang, "page.assumed.spread", spread=f"{drawn.spread:g}") if drawn.spread else ""
    value = say(lang, "explain.nothing") if drawn.value is None else f"{drawn.value:.{DIGITS}g}"
    unit = "" if drawn.unit == "1" else unit_called(lang, drawn.unit)
    return say(
        lang,
        "explain.draw",
        path=drawn.path,
        value=f"{value} {unit}".rstrip(),
        shape=drawn.shape + spread,
        grade=drawn.grade,
        line=line,
    )


def _sources(quantities: Iterable[Drawn], lang: Lang) -> Iterator[str]:
    """Each source once, assumptions first, with the number of quantities that rest on it."""
    counts = Counter((drawn.grade, drawn.source or say(lang, "explain.source.none")) for drawn in quantities)
    for (grade, source), count in sorted(counts.items(), key=lambda each: GRADES.index(each[0][0])):
        yield say(lang, "explain.source", grade=grade, source=source, count=count)


def _check(chain: Chain, lang: Lang) -> Iterator[str]:
    world = None if chain.reckoned is None else chain.reckoned.world
    for key, command in commands(chain).items():
        yield f"{command}    # {say(lang, f'explain.check.{key}', world=world)}"
    if chain.reckoned is not None and chain.recipe.origin == "bookings":
        yield say(lang, "explain.check.filter", world=world)


def aligned(rows: Sequence[Sequence[str]], numbers: range) -> Iterator[str]:
    """Rows in columns, those of numbers to the right; a Chinese character takes two columns."""
    widths = [max(columns(cell) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = []
        for place, (cell, width) in enumerate(zip(row, widths, strict=True)):
            pad = " " * (width - columns(cell))
            cells.append(pad + cell if place in numbers else cell + pad)
        yield GAP.join(cells).rstrip()

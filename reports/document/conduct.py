"""Chapters on how each alternative behaves: energy, service, rules, plan and move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .blocks import Block, Heading, Paragraph, Row, Table
from .material import Material


def energy(m: Material) -> list[Block]:
    """Electricity, carbon and metrics, before and after."""
    years = m.statement.years
    drawn = ("energy", "sankey", "utilisation", "hosts")
    return [
        Heading(1, m.say("document.energy"), "energy"),
        Paragraph(m.say("page.energy.lead", first=years[0], last=years[-1]), see=("use", *drawn)),
        Paragraph(m.say("define.pue"), "caution"),
        m.conduct("use", m.say("document.caption.energy"), m.facts["conduct"]["use"]),
        *m.figures(drawn),
        *_metrics(m),
    ]


def _metrics(m: Material) -> list[Block]:
    """Metrics of the standards, and the targets of a programme abroad."""
    found = m.facts["money"]
    head = (m.say("metric.name"), m.say("metric.standard"), *m.names.values())
    rows = [Row((name, standard, *map(m.with_range, spans))) for name, standard, spans in found["metrics"]]
    rows.append(Row((m.say("metric.dcoi.lead"),), "group"))
    rows += [Row((name, "OMB M-16-19", *cells)) for name, cells in found["dcoi"]]
    caption = m.say("document.caption.metrics")
    return [
        Heading(2, m.say("metric.title"), "metrics"),
        Paragraph(m.say("metric.lead"), see=("metrics",)),
        Table("metrics", 0, caption, head, tuple(rows), (0, 1), m.source),
    ]


def service(m: Material) -> list[Block]:
    """Availability, demand not served, and the worst moment."""
    return [
        Heading(1, m.say("document.service"), "service"),
        Paragraph(
            m.say("page.service.lead", years=m.statement.scenario.time.years), see=("availability", "service")
        ),
        m.conduct("availability", m.say("document.caption.service"), m.facts["conduct"]["service"]),
        *m.figures(("service",)),
    ]


def policy(m: Material) -> list[Block]:
    """What became of the rules, and where the programme stands at the end."""
    found = m.facts["policy"]
    if not found:
        return []
    head = tuple(
        m.say(f"page.policy.{key}") if key != "rule" else m.say("document.column.rule")
        for key in ("rule", "met", "met_on", "first_on", "short")
    )
    ids = tuple(f"policy-{name}" for name in found)
    blocks: list[Block] = [
        Heading(1, m.say("document.policy"), "policy"),
        Paragraph(m.say("page.policy.lead"), see=(*ids, "goals")),
    ]
    for name, rules in found.items():
        rows = tuple(_rule(m, rule) for rule in rules)
        caption = m.say("document.caption.policy", name=m.names[name])
        blocks.append(Table(f"policy-{name}", 0, caption, head, rows, (0, 2, 3, 4), m.source))
    return [*blocks, m.conduct("goals", m.say("page.goals"), m.facts["goals"])]


def _rule(m: Material, rule: Any) -> Row:
    """A rule with its source; a day with its range where it has one."""
    words = m.joined(rule.words, m.cite(rule.source))
    return Row((words, rule.met, m.with_range(rule.met_on), rule.first_on, rule.short))


def plan(m: Material) -> list[Block]:
    """What is built and how near the least it is, its sites, and the move."""
    blocks: list[Block] = [Heading(1, m.say("document.plan"), "plan")]
    blocks += [Heading(2, m.say("document.plan.proof"), "plan-proof"), *_proofs(m)]
    for name, (head, *rows) in m.facts["sites"].items():
        blocks.append(Paragraph(m.say("site.lead", name=m.names[name]), see=(f"sites-{name}",)))
        caption = m.say("document.caption.sites", name=m.names[name])
        blocks.append(Table(f"sites-{name}", 0, caption, tuple(head), _rows(rows), source=m.source))
    built = m.conduct("built", m.say("document.caption.built"), m.facts["conduct"]["built"])
    lead = m.say("page.service.lead", years=m.statement.scenario.time.years)
    return [
        *blocks,
        Heading(2, m.say("document.plan.built"), "plan-built"),
        Paragraph(lead, see=("built", "migration", "rooms")),
        built,
        *m.figures(("migration", "rooms")),
    ]


def _proofs(m: Material) -> list[Block]:
    """Plans that pack hosts, and how near they are to what is proven."""
    plans = m.facts["plans"]
    if not plans:
        return [Paragraph(m.say("page.plan.none"))]
    lead = m.say("page.plan.lead", world=m.statement.middle_world)
    tables = _plan_tables(m, plans)
    see = (*(table.id for table in tables), "proof")
    return [Paragraph(lead, see=see), *tables, *m.figures(("proof",))]


def _plan_tables(m: Material, plans: Mapping[str, Sequence[tuple[str, str]]]) -> list[Table]:
    """One table with a column for each plan, or a table each where their rows differ."""
    item = m.say("document.column.item")
    if len({tuple(label for label, _ in rows) for rows in plans.values()}) == 1:
        columns = [[label for label, _ in next(iter(plans.values()))]]
        columns += [[value for _, value in rows] for rows in plans.values()]
        head = (item, *(m.names[name] for name in plans))
        rows = _rows(list(zip(*columns, strict=True)))
        texts = tuple(range(len(head)))
        return [Table("plan", 0, m.say("document.caption.plans"), head, rows, texts, m.source)]
    return [
        Table(
            f"plan-{name}",
            0,
            m.say("document.caption.plan", name=m.names[name]),
            (item, m.say("document.column.value")),
            _rows(rows),
            (0, 1),
            m.source,
        )
        for name, rows in plans.items()
    ]


def _rows(rows: Sequence[Sequence[str]]) -> tuple[Row, ...]:
    return tuple(Row(tuple(row)) for row in rows)

"""An assessment as rows of a table, as JSON, and as a few lines to print."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from .assess import Assessment
from .idle import EVIDENCE, EVIDENCE_BIT, NO, STATES, SUSPECTED, UNKNOWN, YES, memory_in_use
from .readiness import NEEDS_CARE, READY, STAYS_PUT
from .reasons import BIT, CODES, READINESS, REASONS, codes_of, readiness_text, reason
from .sizing import AS_IS, BASES

DIMENSIONS = ("vcpu", "memory_gb", "disk_gb")
_COLUMNS: tuple[tuple[str, str, str], ...] = (
    ("server", "machine", "机器"),
    ("system", "system", "业务系统"),
    ("machines", "machines in the row", "台数"),
    ("readiness", "readiness", "迁移条件"),
    ("reasons", "reasons", "原因"),
    ("codes", "codes", "原因代码"),
    ("idle", "idle", "是否闲置"),
    ("evidence", "evidence", "闲置依据"),
    ("as_is_vcpu", "vCPU as configured", "vCPU（现有配置）"),
    ("as_is_memory_gb", "memory as configured, GB", "内存GB（现有配置）"),
    ("as_is_disk_gb", "disk as configured, GB", "磁盘GB（现有配置）"),
    ("by_use_vcpu", "vCPU by use", "vCPU（按使用）"),
    ("by_use_memory_gb", "memory by use, GB", "内存GB（按使用）"),
    ("by_use_disk_gb", "disk by use, GB", "磁盘GB（按使用）"),
    ("basis", "sized by (CPU/memory/disk)", "测算依据（CPU/内存/磁盘）"),
    ("from", "from", "出处"),
)
_IDLE = (("no", "否"), ("suspected", "疑似"), ("yes", "是"), ("not known", "不明"))
_BASES = (
    ("mean", "均值"),
    ("P95", "第95百分位"),
    ("max", "峰值"),
    ("used", "已用"),
    ("as is", "现有配置"),
    ("?", "不明"),
)


def assessment_rows(assessment: Assessment, lang: str = "en") -> Iterator[tuple[str, ...]]:
    """The header, then one row for each machine, as texts in a language.

    Names are as the lists write them: whoever writes the file makes formulas inert.
    """
    zh = lang == "zh"
    yield tuple(column[1 + zh] for column in _COLUMNS)
    said: dict[int, tuple[str, str]] = {}
    between, and_ = ("；", "，") if zh else ("; ", ", ")
    a = assessment
    memory = memory_in_use(a.machines)
    columns = zip(
        a.records,
        a.machines.count.tolist(),
        a.readiness.tolist(),
        a.reasons.tolist(),
        a.idle.tolist(),
        a.evidence.tolist(),
        np.concatenate([a.sizes.as_is, a.sizes.by_use], axis=1).tolist(),
        a.sizes.basis.tolist(),
        strict=True,
    )
    for row, (record, count, ready, mask, idle, seen, sizes, basis) in enumerate(columns):
        if mask not in said:
            codes = codes_of(mask)
            said[mask] = between.join(reason(code, lang) for code in codes), " ".join(codes)
        yield (
            record.server or "",
            record.system or "",
            str(count),
            readiness_text(READINESS[ready], lang),
            *said[mask],
            _IDLE[idle][zh],
            and_.join(_evidence(a, row, seen, float(memory[row]), zh)) if seen else "",
            *("" if size != size else str(int(size)) for size in sizes),
            "/".join(_BASES[each][zh] for each in basis),
            _place(record.rows),
        )


def _place(rows: list[Any]) -> str:
    """Where a machine was first read: ``list.xlsx[vInfo]!7``."""
    if not rows:
        return ""
    origin, number = rows[0]
    return f"{origin.file}{f'[{origin.sheet}]' if origin.sheet else ''}!{number}"


def _evidence(a: Assessment, row: int, seen: int, memory: float, zh: bool) -> list[str]:
    mean, p95, most = a.machines.cpu[row].tolist()
    values = {
        "cpu_avg": _percent(mean),
        "cpu_p95": _percent(p95),
        "cpu_max": _percent(most),
        "memory": _percent(memory),
        "time_in_use": _percent(a.machines.time_in_use[row]),
        "idle_cpu": _percent(a.terms.idle_cpu),
    }
    return [EVIDENCE[code][zh].format(**values) for code in EVIDENCE if seen & EVIDENCE_BIT[code]]


def _percent(share: float) -> str:
    return f"{100 * share:.3g}%"


def scenario_section(assessment: Assessment) -> dict[str, Any]:
    """Section ``assessment`` of a scenario (``scenarios.assessed``), as plain values of YAML."""
    return {**to_json(assessment), "day": assessment.date}


def to_json(assessment: Assessment) -> dict[str, Any]:
    """The figures of an assessment, as JSON values.

    Counts are of machines (a row may stand for several). Sizes are sums over machines that do not stay, each
    amount over those of which both sizes are known: ``sized`` says how many, ``by_use_known`` how many of
    these by their use.
    """
    a = assessment
    count = a.machines.count
    moves = a.readiness != STAYS_PUT
    both = ~np.isnan(a.sizes.as_is) & ~np.isnan(a.sizes.by_use) & moves[:, None]

    def machines(rows: Any) -> int:
        return int(count[rows].sum())

    def sums(sizes: Any) -> dict[str, int]:
        total = np.where(both, sizes, 0.0) * count[:, None]
        return dict(zip(DIMENSIONS, map(int, total.sum(axis=0)), strict=True))

    def each(rows: Any) -> dict[str, int]:
        return {name: machines(rows[:, k]) for k, name in enumerate(DIMENSIONS)}

    known = a.sizes.basis < AS_IS
    reasons = {code: machines(a.reasons & BIT[code] != 0) for code in CODES}
    cpu = {name: machines(a.sizes.basis[:, 0] == place) for place, name in enumerate(BASES)}
    return {
        "day": a.date.isoformat(),
        "date_from": a.date_from,
        "basis": a.terms.basis,
        "comfort_factor": a.terms.comfort_factor,
        "idle_cpu": a.terms.idle_cpu,
        "machines": machines(slice(None)),
        "readiness": {
            name: machines(a.readiness == place)
            for place, name in zip((READY, NEEDS_CARE, STAYS_PUT), READINESS, strict=True)
        },
        "reasons": {code: n for code, n in reasons.items() if n},
        "idle": {STATES[place]: machines(a.idle == place) for place in (YES, SUSPECTED, NO, UNKNOWN)},
        "cpu_basis": {name: n for name, n in cpu.items() if n},
        "use_known_share": _share(float((known * count[:, None]).sum()), 3 * machines(slice(None))),
        "sized": each(both),
        "sized_by_use": each(both & known),
        "as_is": sums(a.sizes.as_is),
        "by_use": sums(a.sizes.by_use),
    }


def _share(part: float, whole: float) -> float:
    return round(part / whole, 4) if whole else 0.0


def stars(use_known_share: float) -> int:
    """How far sizes rest on measured use, from 1 to 5: a star for each fifth, as Azure Migrate's rating."""
    return max(1, min(5, int(np.ceil(round(use_known_share * 5, 9)))))


def saved(found: Mapping[str, Any], dimension: str) -> float:
    """Share of an amount as configured that sizes by use do without; below 0 where they need more."""
    as_is = found["as_is"][dimension]
    return float(1 - found["by_use"][dimension] / as_is) if as_is else 0.0


_SUMMARY = (
    (
        "{machines:,} machines on {day}: {ready:,} ready, {care:,} need care, {stays:,} stay",
        "{day}共{machines}台：可直接迁移{ready}台，需处理后迁移{care}台，保留在原机房{stays}台",
    ),
    (
        "idle by the rule: {yes:,}; suspected: {suspected:,}; not known: {unknown:,}",
        "按规则判定闲置{yes}台，疑似{suspected}台，无法判断{unknown}台",
    ),
    (
        "sizes of what moves, as configured -> by use ({basis} x {comfort_factor:g}): "
        "vCPU {as_is[vcpu]:,} -> {by_use[vcpu]:,}, memory {as_is[memory_gb]:,} -> {by_use[memory_gb]:,} GB, "
        "disk {as_is[disk_gb]:,} -> {by_use[disk_gb]:,} GB",
        "可迁移部分的规格，现有配置→按使用（{basis}×{comfort_factor:g}）：vCPU {as_is[vcpu]}→{by_use[vcpu]}，"
        "内存{as_is[memory_gb]}→{by_use[memory_gb]}GB，磁盘{as_is[disk_gb]}→{by_use[disk_gb]}GB",
    ),
    (
        "measured use is known for {known:.0%} of it ({stars} of 5 stars)",
        "其中{known:.0%}有使用数据（可信度{stars}/5）",
    ),
)
_COMMON = ("most common reasons: ", "主要原因：")


def summary(assessment: Assessment, lang: str = "en", reasons: int = 5) -> list[str]:
    """A few lines on what was found."""
    found, zh = to_json(assessment), lang == "zh"
    values = {
        **found,
        **found["idle"],
        "ready": found["readiness"]["ready"],
        "care": found["readiness"]["needs-care"],
        "stays": found["readiness"]["stays"],
        "known": found["use_known_share"],
        "stars": stars(found["use_known_share"]),
    }
    lines = [line[zh].format(**values) for line in _SUMMARY]
    serious = [(code, n) for code, n in found["reasons"].items() if REASONS[code].kind != "note"]
    common = sorted(serious, key=lambda item: -item[1])[:reasons]
    if common:
        between = "；" if zh else "; "
        lines.append(_COMMON[zh] + between.join(f"{reason(code, lang)} {n}" for code, n in common))
    return lines

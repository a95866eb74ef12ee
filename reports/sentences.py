"""The finding of a statement in a few sentences."""

from __future__ import annotations

from ..sim.ledger import ANNUAL
from .claims import MONEY
from .lines import energy, title
from .messages import Lang, money, money_range, number, say, share
from .quantiles import Stat
from .statement import Statement


def finding(statement: Statement, name: str, lang: Lang) -> str:
    """What an alternative saves a year, how sure that is, and what it comes from."""
    total = statement.savings[name].annual_total
    low, middle, high = total.span
    names = {
        "baseline": title(statement, statement.scenario.baseline, lang),
        "name": title(statement, name, lang),
    }
    if low == middle == high == 0:
        return say(lang, "finding.nothing", **names)
    annual = statement.savings[name].annual
    most = max(ANNUAL, key=lambda c: annual[c].mean or 0.0)
    words = {"net": money(lang, abs(middle)), "most": say(lang, f"category.{most}")}
    if lang == "en":
        words["most"] = words["most"].lower()
    if middle < 0:
        return say(lang, "finding.costs", range=money_range(lang, -high, -low), **names, **words)
    return say(lang, "finding.saves", range=money_range(lang, low, high), **names, **words)


def details(statement: Statement, name: str, lang: Lang) -> list[str]:
    """Staff, cash, rooms and energy, service: one sentence or two each."""
    return [
        *([] if _in_rooms(statement, name) else [_staff(statement, name, lang)]),
        _cash(statement, name, lang),
        _rooms(statement, name, lang),
        _service(statement, name, lang),
        *_claims(statement, name, lang),
    ]


def _in_rooms(statement: Statement, name: str) -> bool:
    """Whether rooms and staff stay and hosts stand in the rooms."""
    return statement.scenario.alternatives[name].kind == "virtualise"


def _middle(stat: Stat) -> float:
    return stat.span[1]


def _staff(statement: Statement, name: str, lang: Lang) -> str:
    savings = statement.savings[name]
    return say(
        lang,
        "finding.staff",
        staff=money(lang, _middle(savings.annual["staff"])),
        fte=number(lang, _middle(savings.staff_fte)),
        without=money(lang, _middle(savings.annual_without_staff)),
        range=money_range(lang, savings.annual_without_staff.span[0], savings.annual_without_staff.span[2]),
    )


def _cash(statement: Statement, name: str, lang: Lang) -> str:
    savings, years = statement.savings[name], statement.scenario.time.years
    one_off, payback = _middle(savings.one_off_total), savings.payback_years.p50
    saved, spent = "finding.one_off", "finding.one_off_cost"
    if _in_rooms(statement, name):
        saved, spent = "finding.one_off_rooms", "finding.one_off_rooms_cost"
    first = say(lang, saved if one_off >= 0 else spent, sum=money(lang, abs(one_off)))
    npv = say(lang, "finding.npv", years=years, npv=money(lang, _middle(savings.npv)))
    if payback is None:
        back = say(lang, "finding.not_paid_back", years=years, share=share(savings.share_paid_back))
    else:
        back = say(lang, "finding.paid_back", payback=number(lang, payback, 1))
    return first + back + npv


def _rooms(statement: Statement, name: str, lang: Lang) -> str:
    savings = statement.savings[name]
    before, after = statement.conduct[statement.scenario.baseline], statement.conduct[name]
    words = {
        "hosts": number(lang, _middle(after.hosts_bought)),
        "before": energy(lang, _middle(before.energy)),
        "after": energy(lang, _middle(after.energy)),
        "carbon_before": number(lang, _middle(before.carbon)),
        "carbon_after": number(lang, _middle(after.carbon)),
    }
    if _in_rooms(statement, name):
        return say(lang, "finding.rooms_stay", **words)
    return say(lang, "finding.rooms", rooms=number(lang, _middle(savings.rooms_closed)), **words)


def _service(statement: Statement, name: str, lang: Lang) -> str:
    before, after = statement.conduct[statement.scenario.baseline], statement.conduct[name]
    words = {
        "before": share(_middle(before.availability), 3),
        "after": share(_middle(after.availability), 3),
        "worst_before": number(lang, _middle(before.worst_down)),
        "worst_after": number(lang, _middle(after.worst_down)),
    }
    if _in_rooms(statement, name):
        return say(lang, "finding.service_rooms", **words)
    if name not in statement.recovery:
        return say(lang, "finding.service", **words)
    recovery = statement.recovery[name]
    saved_h = _middle(recovery.system_hours_lost_without) - _middle(after.system_hours_lost)
    return say(
        lang,
        "finding.service_recovered",
        worst_without=number(lang, _middle(recovery.worst_down_without)),
        day=number(lang, _middle(recovery.worst_day_hours)),
        day_without=number(lang, _middle(recovery.worst_day_hours_without)),
        takeovers=number(lang, _middle(recovery.takeovers), 2),
        hours=number(lang, saved_h),
        minutes=number(lang, _middle(recovery.data_lost_minutes)),
        **words,
    )


def _claims(statement: Statement, name: str, lang: Lang) -> list[str]:
    """For each published sum, in how many ways of counting it lies inside."""
    found = []
    checks = [c for c in statement.claims if c.alternative == name and c.claim.metric in MONEY]
    for claim in dict.fromkeys(check.claim.id for check in checks):
        ways = [check for check in checks if check.claim.id == claim]
        inside = sum(check.inside for check in ways)
        key = "finding.claim_none" if not inside else "finding.claim"
        published = money(lang, ways[0].claim.published)
        found.append(say(lang, key, id=claim, published=published, inside=inside, ways=len(ways)))
    return found

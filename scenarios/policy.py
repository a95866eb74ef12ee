"""Rules of a programme, as data: what must be done by when, and who is exempt.

Each entry of ``policy`` is one rule, chosen by its field ``rule``. The plan keeps it, the simulation shows
what became of it, and the statement says in which share of worlds it was met, when, and by how much it was
missed. A strict rule that no plan can keep ends in a conflict (exit code 4); one that is not strict is kept
as far as can be.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal, Self, TypeVar

from pydantic import Field, model_validator

from .quantity import Quantity, Spec, quantity
from .sites import TIERS
from .terms import Name, Text, Zone

if TYPE_CHECKING:
    from .schema import Scenario

Levels = tuple[Name, ...]


def _levels() -> Levels:
    levels: Levels = Field(
        default=(), description="Levels of government (keys of estate.levels); all if empty"
    )
    return levels


class _Rule(Spec):
    """What all rules have."""

    title: Text | None = Field(default=None, description="What it says; in general words if absent")
    source: str = Field(description="Title, publisher and date of the rule", min_length=1)


class _Binding(_Rule):
    """A rule on what some alternatives do."""

    alternatives: tuple[Name, ...] = Field(
        default=(), description="Alternatives that it binds; all of kind consolidate if empty"
    )


class _Strict(_Binding):
    """A rule that a plan can miss."""

    strict: bool = Field(
        default=True,
        description="No plan at all rather than one that misses it; if false it is kept as far as can be",
    )


class MustCloud(_Strict):
    """From a date on, new systems, and those due for renewal, must be on the cloud; others may wait.

    A system is upgraded when one of its servers falls due for renewal. What falls due before the cloud
    opens is renewed in its room.
    """

    rule: Literal["new_or_upgraded_must_cloud"] = Field(description="New or upgraded systems go to the cloud")
    first: date = Field(alias="from", description="First day on which it holds")
    scope: Annotated[tuple[Literal["new", "upgraded"], ...], Field(min_length=1)] = Field(
        default=("new", "upgraded"), description="New systems, systems due for renewal, or both"
    )
    levels: Levels = _levels()


class NoNewRoom(_Binding):
    """From a day on, no room is built: new systems go to the cloud or into a room of their unit."""

    rule: Literal["no_new_room"] = Field(description="No room is built any more")
    first: date = Field(alias="from", description="First day on which it holds")
    levels: Levels = _levels()


class _Threshold(_Strict):
    """A rule on rooms of one side of a threshold; servers are those there on the first day."""

    servers: Quantity | None = quantity("count", 0, 1e5, "Servers in the room; or give area_m2", default=None)
    area_m2: Quantity | None = quantity("m2", 0, 1e5, "Area of the room; or give servers", default=None)
    levels: Levels = _levels()

    @model_validator(mode="after")
    def _one_threshold(self) -> Self:
        named = getattr(self, "rest_of", None)
        given = [part for part in (self.servers, self.area_m2, named) if part is not None]
        if len(given) != 1:
            others = "servers and area_m2" + (", or rest_of" if isinstance(self, MergeLarge) else "")
            raise ValueError(f"got {'several' if given else 'none'} of {others}, must be one of them")
        return self


class CloseSmall(_Threshold):
    """Rooms below a threshold are closed by a day; one that holds classified systems is exempt."""

    rule: Literal["close_small"] = Field(description="Small rooms are closed")
    by: date = Field(description="Last day by which they must be closed")


class MergeLarge(_Threshold):
    """Rooms at or above a threshold are emptied step by step; one that holds classified systems is exempt."""

    rule: Literal["merge_large"] = Field(description="Large rooms are merged into the cloud")
    by: date | None = Field(default=None, description="Last day by which all must be closed; open if absent")
    rest_of: Name | None = Field(
        default=None,
        description="A close_small rule whose threshold it shares, in place of servers and area_m2",
    )
    most_per_year: int | None = Field(
        default=None, description="Most that are emptied in a calendar year; no limit if absent", ge=1
    )

    @model_validator(mode="after")
    def _some_step(self) -> Self:
        if self.by is None and self.most_per_year is None:
            raise ValueError("got neither by nor most_per_year, must be at least one of them")
        return self


class Coverage(_Strict):
    """By a day, departments with systems that may move have one on the cloud; a room is a department."""

    rule: Literal["coverage"] = Field(description="Departments are on the cloud")
    by: date = Field(description="Last day by which they must be")
    share: float = Field(default=1.0, description="Share of the departments", gt=0, le=1)
    levels: Levels = _levels()


class DrSite(_Strict):
    """By a day, the cloud has a recovery site; its terms tighten those of ``cloud.recovery``."""

    rule: Literal["dr_site"] = Field(description="A recovery site stands ready")
    by: date = Field(description="Last day by which it must be able to take over")
    min_km: float = Field(default=0, description="Shortest distance from the site that it recovers", ge=0)
    tier: int | None = Field(
        default=None, description="Lowest tier of GB/T 20988-2007; none asked for if absent", ge=1, le=6
    )
    rpo_minutes: float | None = Field(
        default=None, description="Longest recovery point; as the tier says if absent", ge=0
    )
    rto_minutes: float | None = Field(
        default=None, description="Longest recovery time; as the tier says if absent", ge=0
    )

    def recovery_point_minutes(self) -> float:
        """Longest recovery point asked for; infinite if none is."""
        if self.rpo_minutes is not None:
            return self.rpo_minutes
        return float("inf") if self.tier is None else TIERS[self.tier][0]

    def recovery_time_minutes(self) -> float:
        """Longest recovery time asked for; infinite if none is."""
        if self.rto_minutes is not None:
            return self.rto_minutes
        return float("inf") if self.tier is None else TIERS[self.tier][1]


class Exclude(_Binding):
    """Systems that stay in their rooms and count in no saving: those named by any of its fields."""

    rule: Literal["exclude"] = Field(description="Some systems stay where they are")
    classified: bool = Field(
        default=False, description="Classified systems, which never move anyway: the rule is then reported"
    )
    classes: tuple[Name, ...] = Field(default=(), description="Classes of demand (keys of demand.classes)")
    levels: tuple[Name, ...] = Field(default=(), description="Levels of government (keys of estate.levels)")
    zones: tuple[Zone, ...] = Field(default=(), description="Network zones")

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if not (self.classified or self.classes or self.levels or self.zones):
            raise ValueError("got nothing to exclude, must name classified, classes, levels or zones")
        return self


class SeparatePools(_Binding):
    """Systems that differ in one of these share no host; zone and MLPS level always separate."""

    rule: Literal["separate_pools"] = Field(description="Some systems share no hosts")
    attributes: Annotated[tuple[Literal["zone", "mlps", "level", "class"], ...], Field(min_length=1)] = Field(
        description="Network zone, MLPS level, level of government, class of demand"
    )


class PurchaseMode(_Strict):
    """How the cloud is bought, as ``alternatives.<name>.financing`` must say."""

    rule: Literal["purchase_mode"] = Field(description="The cloud is bought in a certain way")
    mode: Literal["self", "ppp", "service", "single-source"] = Field(
        description="Own capital, vendor's capital, bought as a service, or from one vendor without tender"
    )


class PaybackMax(_Binding):
    """What is spent is saved again within so many months of the opening; judged, never planned for."""

    rule: Literal["payback_max"] = Field(description="The cloud pays for itself soon")
    months: int = Field(description="Most months from the opening of the cloud", ge=1, le=600)


class MigrateExisting(_Strict):
    """Systems there when the cloud opens move within a span of time, at most so many a month or year."""

    rule: Literal["migrate_existing"] = Field(description="Existing systems move gradually")
    first: date | None = Field(alias="from", default=None, description="First day on which any moves")
    to: date | None = Field(default=None, description="Last day by which all have moved; open if absent")
    most: int | None = Field(
        default=None,
        description="Cut-overs at most, of all levels together; a year's are spread evenly over its months",
        ge=1,
    )
    per: Literal["month", "year"] = Field(default="year", description="Calendar span that ``most`` is for")
    levels: Levels = _levels()

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.first is None and self.to is None and self.most is None:
            raise ValueError("got none of from, to and most, must be at least one of them")
        if self.most is not None and self.levels:
            raise ValueError("got most with levels, must be two rules: a rate holds for all levels together")
        if self.first is not None and self.to is not None and self.to < self.first:
            raise ValueError(f"got {self.to} as the last day, must not be before the first ({self.first})")
        return self


class DemandStep(_Rule):
    """From a month on there is more to do, in every alternative alike: more systems, or more for those there.

    New systems come at the start of the month of the date, belong to units of the levels named (by the
    systems they have today) and are never classified.
    """

    rule: Literal["demand_step"] = Field(description="Demand rises at once")
    on: date = Field(alias="date", description="Day in the month from whose start on it has risen")
    factor: Quantity | None = quantity(
        "1", 0.01, 100, "Demand of systems over what it would be without; or give systems", default=None
    )
    systems: Quantity | None = quantity("count", 0, 1e5, "New systems; or give factor", default=None)
    levels: Levels = _levels()
    classes: tuple[Name, ...] = Field(
        default=(),
        description="Classes of demand whose demand rises, or to which the new systems belong in turn; as "
        "the others if empty",
    )
    memory_gb: Quantity | None = quantity(
        "GB", 0.5, 1024, "Memory in use per server of the new systems; as others if absent", default=None
    )
    disk_gb: Quantity | None = quantity(
        "GB", 1, 1e6, "Disk in use per server of the new systems; as others if absent", default=None
    )

    @model_validator(mode="after")
    def _one_step(self) -> Self:
        if (self.factor is None) == (self.systems is None):
            raise ValueError("got both or none of factor and systems, must be one of them")
        if self.systems is None and (self.memory_gb is not None or self.disk_gb is not None):
            raise ValueError("got memory_gb or disk_gb without systems, must be given with them")
        return self


Rule = Annotated[
    MustCloud
    | NoNewRoom
    | CloseSmall
    | MergeLarge
    | Coverage
    | DrSite
    | Exclude
    | SeparatePools
    | PurchaseMode
    | PaybackMax
    | MigrateExisting
    | DemandStep,
    Field(discriminator="rule"),
]

Kind = TypeVar("Kind", bound=_Rule)


def binding(scenario: Scenario, alternative: str, kind: type[Kind]) -> Iterator[tuple[str, Kind]]:
    """Name and terms of every rule of one kind that binds an alternative, in file order."""
    for name, rule in scenario.policy.items():
        if isinstance(rule, kind) and binds(scenario, alternative, rule):
            yield name, rule


def binds(scenario: Scenario, alternative: str, rule: _Rule) -> bool:
    """Whether a rule binds an alternative."""
    if not isinstance(rule, _Binding):
        return True
    if rule.alternatives:
        return alternative in rule.alternatives
    return scenario.alternatives[alternative].kind == "consolidate"


def threshold(
    scenario: Scenario, rule: CloseSmall | MergeLarge
) -> tuple[Literal["servers", "area_m2"], Quantity]:
    """What small and large rooms are told apart by, and where."""
    told: CloseSmall | MergeLarge = rule
    if isinstance(rule, MergeLarge) and rule.rest_of is not None:
        other = scenario.policy[rule.rest_of]
        assert isinstance(other, CloseSmall), "checked when the scenario was read"
        told = other
    if told.servers is not None:
        return "servers", told.servers
    assert told.area_m2 is not None
    return "area_m2", told.area_m2


def level_rows(scenario: Scenario, levels: Levels) -> tuple[int, ...]:
    """Rows of estate.levels that a rule names; all if it names none."""
    names = list(scenario.estate.levels)
    return tuple(names.index(name) for name in levels) if levels else tuple(range(len(names)))

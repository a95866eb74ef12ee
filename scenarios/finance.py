"""Sections on money: who builds and pays a cloud, with whose capital, taxes in prices, tariffs by the hour.

All of them may be left out: then the government builds with its own capital, at prices that say nothing
of tax, and a kWh costs the same at every hour. Rates of return are real unless said otherwise: above
inflation, as ``prices.discount_rate`` is.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from .quantity import Quantity, Spec, quantity
from .terms import Name

Mode = Literal["self", "ppp", "service", "single-source"]
VENDORS: tuple[Mode, ...] = ("ppp", "service")
HOURS_PER_DAY = 24
MONTHS_PER_YEAR = 12
ROUNDING = 1e-9


class Equity(Spec):
    """Capital that another party puts in as each thing is bought, and for which it asks no return."""

    share: Quantity = quantity("1", 0, 1, "Share of what is first bought for the cloud (no replacements)")


class Loan(Spec):
    """A loan, drawn as the cloud is bought and repaid in equal monthly instalments."""

    share: Quantity = quantity("1", 0, 1, "Share of what is first bought for the cloud (no replacements)")
    rate_per_year: Quantity = quantity("1/yr", 0, 0.5, "Interest, nominal, effective per year")
    years: Quantity = quantity("yr", 0.25, 50, "Years from each drawing to its last instalment")
    subsidised_share: Quantity | None = quantity(
        "1", 0, 1, "Share of the interest that another party pays; none if absent", default=None
    )


class Grant(Spec):
    """A sum that another party gives once."""

    on: date = Field(description="Day on which it is paid")
    amount_cny: Quantity | None = quantity("CNY", 0, 1e11, "Sum; or give share", default=None)
    share: Quantity | None = quantity(
        "1", 0, 1, "Share of what is first bought for the cloud (no replacements)", default=None
    )

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.amount_cny is None) == (self.share is None):
            raise ValueError("must give either amount_cny or share")
        return self


class Financing(Spec):
    """Who builds the cloud and who pays for it, with whose capital.

    - ``self``: the government buys and runs it.
    - ``single-source``: the same, at a premium over the prices a tender would bring.
    - ``ppp``: a vendor builds and runs it for the term; the government pays a price per unit. At the end of
      the term it passes to the government, which pays nothing for it and runs it from then on.
    - ``service``: a vendor owns it for good; the government pays by use, on the same terms after the term,
      but for the least quantity.

    A vendor bears what is booked at the cloud's sites; the units' own lines stay the government's.
    """

    mode: Mode = Field(default="self", description="Who builds and owns the cloud")
    unit: Literal["system", "host", "vcpu"] = Field(
        default="system", description="What is paid for: systems, working hosts, or vCPU on the cloud"
    )
    term_years: Quantity | None = quantity(
        "yr", 1, 50, "Term from the opening; ppp and service", default=None
    )
    price_cny_per_unit_year: Quantity | None = quantity(
        "CNY/yr", 0, 1e8, "Price of a unit for a year; or give vendor_irr", default=None
    )
    vendor_irr: Quantity | None = quantity(
        "1/yr", 0, 1, "Real return for which the price is solved, before taxes on profit", default=None
    )
    commitment_share: Quantity | None = quantity(
        "1",
        0,
        2,
        "Least quantity paid for during the term, share of the units that the plan has on the cloud",
        default=None,
    )
    price_uplift: Quantity | None = quantity(
        "1", 0, 5, "Premium over tender prices of hosts, fit-out and platform; single-source", default=None
    )
    equity: Equity | None = Field(default=None, description="Capital of another party; none if absent")
    loan: Loan | None = Field(default=None, description="Loan of whoever builds the cloud; none if absent")
    grant: Grant | None = Field(default=None, description="Grant to whoever builds the cloud; none if absent")
    paid_by: dict[Name, float] = Field(
        default={},
        description="Weights by level of government (keys of estate.levels) with which the government's part "
        "of the cloud is shared; by systems moved if empty",
    )

    @model_validator(mode="after")
    def _fits_the_mode(self) -> Self:
        bought = self.mode in VENDORS
        if bought and self.term_years is None:
            raise ValueError(f"must give term_years where mode is {self.mode!r}")
        if bought and (self.price_cny_per_unit_year is None) == (self.vendor_irr is None):
            raise ValueError(
                f"must give either price_cny_per_unit_year or vendor_irr where mode is {self.mode!r}"
            )
        if self.mode == "single-source" and self.price_uplift is None:
            raise ValueError("must give price_uplift where mode is 'single-source'")
        terms = ("term_years", "price_cny_per_unit_year", "vendor_irr", "commitment_share")
        foreign = (*(() if bought else terms), *(() if self.mode == "single-source" else ("price_uplift",)))
        for name in foreign:
            if getattr(self, name) is not None:
                raise ValueError(f"got {name}, must be left out where mode is {self.mode!r}")
        return self

    @model_validator(mode="after")
    def _within_the_capital(self) -> Self:
        shares = (part.share for part in (self.equity, self.grant, self.loan) if part is not None)
        most = sum(share.support[1] for share in shares if share is not None)
        if most > 1 + ROUNDING:
            raise ValueError(f"got shares of up to {most:g} in equity, grant and loan, must not pass 1")
        return self


class Vat(Spec):
    """Value-added tax contained in prices, by kind of what is bought; wages contain none."""

    hardware: Quantity = quantity("1", 0, 0.5, "Servers, hosts, network gear")
    services: Quantity = quantity("1", 0, 0.5, "Maintenance, upkeep, software, moving, cloud services")
    telecom: Quantity = quantity("1", 0, 0.5, "Leased lines")
    electricity: Quantity = quantity("1", 0, 0.5, "Electricity")
    construction: Quantity = quantity("1", 0, 0.5, "Fit-out of rooms and sites")


class Period(Spec):
    """Hours at which electricity has a price of its own."""

    hours: Annotated[tuple[int, ...], Field(min_length=1)] = Field(
        description="Hours of the day: 0 is from midnight to one"
    )
    months: tuple[int, ...] = Field(
        default=(), description="Months of the year, 1 is January; all if left out"
    )
    ratio: Quantity = quantity("1", 0, 10, "Price over the mean tariff; hours in no period have 1")

    @model_validator(mode="after")
    def _on_the_clock(self) -> Self:
        for name, found, low, high in (("hour", self.hours, 0, 23), ("month", self.months, 1, 12)):
            for number in found:
                if not low <= number <= high:
                    raise ValueError(f"got {name} {number}, must be {low} to {high}")
        return self


class TimeOfUse(Spec):
    """How the tariff runs over day and year, for machine rooms and cloud sites alike."""

    periods: dict[Name, Period] = Field(description="Periods by name, which share no hour", min_length=1)
    normalised: bool = Field(
        default=True,
        description="Scale all hours so that a constant load pays the mean tariff; if false ratios are taken "
        "as they stand",
    )

    @model_validator(mode="after")
    def _apart(self) -> Self:
        taken: dict[tuple[int, int], str] = {}
        for name, period in self.periods.items():
            for month in period.months or range(1, MONTHS_PER_YEAR + 1):
                for hour in period.hours:
                    other = taken.setdefault((month, hour), name)
                    if other != name:
                        raise ValueError(f"got hour {hour} of month {month} in both {other} and {name}")
        free = all(period.ratio.support[1] == 0 for period in self.periods.values())
        if self.normalised and free and len(taken) == HOURS_PER_DAY * MONTHS_PER_YEAR:
            raise ValueError("got 0 at every hour, must be more at some to be scaled to the mean tariff")
        return self


class Water(Spec):
    """Water used at the sites, such as by cooling towers; litres per kWh that the IT draws."""

    rooms_l_per_kwh: Quantity = quantity("L/kWh", 0, 20, "Machine rooms")
    cloud_l_per_kwh: Quantity = quantity("L/kWh", 0, 20, "Cloud sites")

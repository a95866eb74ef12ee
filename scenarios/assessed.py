"""What a scenario keeps of the assessment of its inventory, for its reports; it changes no result."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from .quantity import Spec

Count = Annotated[int, Field(ge=0)]


class Amounts(Spec):
    """An amount for each of what machines need."""

    vcpu: Count = Field(description="vCPU")
    memory_gb: Count = Field(description="Memory in GB")
    disk_gb: Count = Field(description="Disk in GB")


class Assessed(Spec):
    """Figures of the assessment of the lists that the estate was read from; ``roomfold new`` writes them."""

    day: date = Field(description="Day for which support of operating systems was judged")
    date_from: Literal["given", "newest-purchase", "dates-of-support"] = Field(
        description="Where that day is from"
    )
    basis: Literal["avg", "p95", "max"] = Field(description="Use that sizes were made for")
    comfort_factor: float = Field(description="Headroom over measured use", ge=1, le=5)
    idle_cpu: float = Field(description="CPU in use below which a machine is idle, share", ge=0, le=1)
    machines: Count = Field(description="Machines in the lists")
    readiness: dict[Literal["ready", "needs-care", "stays"], Count] = Field(
        description="Machines by readiness"
    )
    reasons: dict[str, Count] = Field(description="Machines by reason (see docs/assessment.md)")
    idle: dict[Literal["yes", "suspected", "no", "unknown"], Count] = Field(
        description="Machines by whether they do work"
    )
    cpu_basis: dict[Literal["avg", "p95", "max", "as-is", "unknown"], Count] = Field(
        description="Machines by what their vCPU rest on"
    )
    use_known_share: float = Field(description="CPU, memory and disk whose use is known, share", ge=0, le=1)
    sized: Amounts = Field(description="Machines that do not stay whose size is known both ways")
    sized_by_use: Amounts = Field(description="Of these, sized by measured use")
    as_is: Amounts = Field(description="What they need as configured")
    by_use: Amounts = Field(description="What they need by measured use with headroom")

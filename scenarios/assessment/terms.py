"""What an assessment goes by: the use that sizes are made for, headroom, thresholds, limits, a date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from ..errors import InputError, Problem

Basis = Literal["avg", "p95", "max"]

# Where each rule is published, in English and Chinese, as the reports cite it.
SOURCES: dict[str, tuple[str, str]] = {
    "readiness": (
        "Microsoft, Azure Migrate, Assessment calculations, 15 May 2018",
        "微软Azure Migrate文档《评估计算》，2018年5月15日",
    ),
    "support": (
        "the makers' pages on support, as collected by endoflife.date (docs/assessment.md)",
        "各厂商的支持期限页面，由endoflife.date汇总（见docs/assessment.md）",
    ),
    "secrets": (
        "Law of the PRC on Guarding State Secrets, 2024, article 30",
        "《中华人民共和国保守国家秘密法》（2024年修订）第三十条",
    ),
    "protection": ("GB/T 22239-2019", "GB/T 22239-2019"),
    "idle": (
        "Anthesis and Koomey, June 2015 (no services for six months); Microsoft, Azure Migrate, Business "
        "case, 29 Oct 2024 (CPU and memory below 5 %); AWS Compute Optimizer, API reference (judged by the "
        "maximum)",
        "Anthesis与Koomey，2015年6月（六个月未提供服务）；微软Azure Migrate文档《业务案例》，"
        "2024年10月29日（CPU和内存低于5%）；AWS Compute Optimizer接口文档（以最大值判定）",
    ),
    "sizing": (
        "Microsoft, Azure Migrate, Customize an assessment, 26 Feb 2018 (95th percentile, comfort factor "
        "1.3); Assessment calculations, 15 May 2018 (what is allocated where there is no history)",
        "微软Azure Migrate文档《自定义评估》，2018年2月26日（第95百分位、余量系数1.3）；"
        "《评估计算》，2018年5月15日（无使用数据时按现有配置）",
    ),
}


@dataclass(frozen=True)
class Terms:
    """How machines are judged.

    Attributes:
        date: the day for which support of systems is judged; None: the newest purchase in the lists, else
            the day on which the dates of support were collected.
        basis: the use that sizes are made for; where a list does not give it, the next higher one it gives
            stands in, else a lower one (an average hides the peaks: said machine by machine).
        comfort_factor: headroom over measured use; Azure Migrate's default.
        largest: vCPU, GB of memory and GB of disk of the largest host of the cloud, each for itself. The
            default is that of the bundled cloud of 2014: 16 cores at 3 vCPU each, 256 GB less 8 %, 6 TB.
        idle_cpu: a machine whose 95th percentile or maximum of CPU stays below it is idle.
        idle_memory: more memory in use than this speaks against it.
        work_cpu: a maximum from this on speaks against a low 95th percentile: short work is work.
        idle_time: on for less than this share of the time.
    """

    date: date | None = None
    basis: Basis = "p95"
    comfort_factor: float = 1.3
    largest: tuple[float, float, float] = (48.0, 235.0, 6000.0)
    idle_cpu: float = 0.05
    idle_memory: float = 0.20
    work_cpu: float = 0.15
    idle_time: float = 0.05

    def __post_init__(self) -> None:
        """Refuse terms under which sizes mean nothing."""
        problems = [
            Problem("", 0, 0, name, f"got {value:g}, must be {low:g} ... {high:g}")
            for name, value, low, high in (
                ("comfort_factor", self.comfort_factor, 1.0, 5.0),
                *((name, getattr(self, name), 0.0, 1.0) for name in _SHARES),
                *((f"largest[{k}]", most, 1e-9, 1e9) for k, most in enumerate(self.largest)),
            )
            if not low <= value <= high
        ]
        if problems:
            raise InputError(problems)


_SHARES = ("idle_cpu", "idle_memory", "work_cpu", "idle_time")

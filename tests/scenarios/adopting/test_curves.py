"""Power curves by the names that lists give processors and machines."""

from __future__ import annotations

import pytest

from roomfold.scenarios.adopting.curves import Curves

from .lists import start


@pytest.mark.parametrize(
    ("cpu", "model", "curve", "why"),
    [
        ("Intel(R) Xeon(R) CPU E5-2660 0 @ 2.20GHz", "PowerEdge R720", "r720-e5-2660", "machine"),
        ("Intel(R) Xeon(R) CPU E5-2660 0 @ 2.20GHz", "System x3650 M4", "x3650-m4-e5-2660", "machine"),
        ("2*Intel Xeon Silver 4214R", "ThinkSystem SR650", "nf5280m5-4214", "processor"),
        ("Intel(R) Xeon(R) CPU E5-2650 v2 @ 2.60GHz", None, "era-2012-13", "generation"),
        ("Intel(R) Xeon(R) CPU           E5620  2.40GHz", None, "era-2010-11", "generation"),
        ("AMD EPYC 7742 64-Core Processor", None, "era-2017-19", "generation"),
        ("AMD EPYC 9554", None, "era-2020-23", "generation"),
        ("鲲鹏920-4826", "TaiShan 200", "era-2017-19", "generation"),
        ("Hygon C86 7285 32-core Processor", None, "era-2020-23", "generation"),
        ("飞腾 FT-2000+/64", None, "era-2017-19", "generation"),
        (None, "华为 RH2288 V2", "rh2288-v2-e5-2650", "machine"),
        (None, "HP ProLiant DL380 G5", "dl380-g5-5160", "machine"),
        (None, "HPE ProLiant DL380 Gen10", "era-2017-19", "line"),
        (None, "浪潮NF5270M3", "era-2012-13", "line"),
        (None, "戴尔 R930", "era-2014-16", "line"),
    ],
)
def test_a_curve_is_found(cpu: str | None, model: str | None, curve: str, why: str) -> None:
    choice = Curves(start().section("hardware.curves")).choose(cpu, model)
    assert choice is not None
    assert (choice.curve, choice.why) == (curve, why)


@pytest.mark.parametrize(
    "name", ["", "服务器", "Intel(R) Core(TM) i5-4570", "5218", "VMware Virtual Platform", "2288"]
)
def test_what_says_nothing_has_none(name: str) -> None:
    curves = Curves(start().section("hardware.curves"))
    assert curves.choose(name, None) is None
    assert curves.choose(None, name) is None

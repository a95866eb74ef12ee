"""Readiness: hand-made machines, the class and reasons that published rules give them; dates of support."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from roomfold.scenarios.assessment import REASONS, Terms, assess, readiness_text, reason, system_flags
from roomfold.scenarios.assessment.reasons import READINESS, codes_of
from roomfold.scenarios.assessment.support import ENDS, read_system
from roomfold.scenarios.inventory import Record

DAY = date(2022, 6, 1)
GOOD = Record(
    "server",
    (),
    server="app-01",
    os="Red Hat Enterprise Linux 7 (64-bit)",
    vcpu=4.0,
    mem_gb=16.0,
    disk_gb=200.0,
    disk_used_gb=50.0,
    cpu_avg=0.2,
    cpu_p95=0.5,
    cpu_max=0.9,
    mem_avg=0.4,
    mem_max=0.6,
)


def judged(*records: Record, terms: Terms | None = None) -> list[tuple[str, set[str]]]:
    found = assess(records, terms or Terms(date=DAY))
    return [
        (READINESS[ready], set(codes_of(mask)))
        for ready, mask in zip(found.readiness.tolist(), found.reasons.tolist(), strict=True)
    ]


@pytest.mark.parametrize(
    ("change", "readiness", "codes"),
    [
        ({}, "ready", set()),
        # Azure Migrate, Assessment calculations: old Windows, 32-bit and desktop systems are conditionally
        # ready, an OS of which nothing is known is not ready as it stands.
        ({"os": "Microsoft Windows Server 2008 R2 (64-bit)"}, "needs-care", {"os_unsupported"}),
        ({"os": "Microsoft Windows Server 2019 (64-bit)"}, "ready", set()),
        (
            {"os": "Microsoft Windows Server 2003 Standard (32-bit)"},
            "needs-care",
            {"os_unsupported", "os_32bit"},
        ),
        ({"os": "Windows 10 专业版"}, "needs-care", {"os_desktop"}),
        ({"os": "Ubuntu Linux (64-bit)"}, "needs-care", {"os_version_unknown"}),
        ({"os": "CentOS 4/5 or later (64-bit)"}, "needs-care", {"os_version_unknown"}),
        ({"os": "Windows Server 2008 及以上"}, "needs-care", {"os_version_unknown"}),
        ({"os": None}, "needs-care", {"os_unknown"}),
        ({"os": "银河麒麟高级服务器操作系统V10"}, "ready", {"os_domestic"}),
        ({"os": "ＣｅｎｔＯＳ　6.5"}, "needs-care", {"os_unsupported"}),
        # No host of the cloud is of these architectures.
        ({"os": "AIX 7.1"}, "stays", {"legacy_architecture"}),
        ({"os": "Oracle Solaris 10 (x86)"}, "needs-care", {"os_unknown"}),
        ({"model": "IBM Power 740"}, "stays", {"legacy_architecture"}),
        ({"model": "Dell PowerEdge R740"}, "ready", set()),
        ({"category": "小型机"}, "stays", {"legacy_architecture"}),
        ({"cpu_model": "Kunpeng 920-4826"}, "needs-care", {"domestic_architecture"}),
        ({"cpu_model": "海光 Hygon 7285"}, "ready", set()),
        # Azure Migrate: not ready where use with headroom, or else what it has, is beyond the largest size.
        ({"vcpu": 96.0}, "stays", {"vcpu_beyond"}),  # 96 x 0.5 x 1.3 = 62.4 > 48
        ({"vcpu": 64.0}, "ready", {"fits_by_use"}),  # 64 x 0.5 x 1.3 = 41.6
        (
            {"vcpu": 64.0, "cpu_avg": None, "cpu_p95": None, "cpu_max": None},
            "stays",
            {"vcpu_beyond", "sized_as_is"},
        ),
        ({"mem_gb": 512.0}, "stays", {"memory_beyond"}),  # 512 x 0.6 x 1.3 = 399 > 235
        ({"disk_used_gb": 5000.0}, "stays", {"disk_beyond"}),  # x 1.3 = 6500 > 6000
        ({"vcpu": None}, "needs-care", {"size_unknown"}),
        # Secrets and protection.
        ({"classified": True}, "stays", {"classified"}),
        ({"zone": "涉密内网"}, "stays", {"classified"}),
        ({"zone": "非涉密网"}, "ready", set()),
        ({"mlps": 3}, "needs-care", {"mlps_high"}),
        ({"mlps": 2}, "ready", set()),
        ({"pinned": True}, "stays", {"pinned"}),
        # Devices, clusters, databases, appliances: what words say.
        ({"category": "签名验签服务器加密机"}, "stays", {"tied_to_device"}),
        ({"tags": ("device=USB dongle",)}, "stays", {"tied_to_device"}),
        ({"server": "oadb02"}, "needs-care", {"database"}),
        ({"server": "ora-rac-1"}, "needs-care", {"shared_disk"}),
        ({"system": "双机热备系统"}, "needs-care", {"shared_disk"}),
        ({"category": "防火墙"}, "stays", {"appliance"}),
        ({"category": "防火墙", "virtual": True}, "needs-care", {"virtual_appliance"}),
        ({"server": "交换机监控服务器"}, "ready", set()),
        ({"model": "NVIDIA DGX"}, "needs-care", {"gpu"}),
        # On paper only.
        ({"power_state": "off"}, "needs-care", {"powered_off"}),
        ({"power_state": "suspended"}, "needs-care", {"suspended"}),
        ({"server": "erp-old-03"}, "needs-care", {"name_retired", "idle_suspected"}),
        ({"server": "goldmine"}, "ready", set()),
        ({"server": "财务系统（停用）"}, "needs-care", {"name_retired", "idle_suspected"}),
        ({"server": "web_test_01"}, "ready", {"name_test"}),
        ({"environment": "备份"}, "ready", {"name_backup"}),
    ],
)
def test_a_machine_has_the_class_and_reasons_of_the_rules(
    change: dict[str, object], readiness: str, codes: set[str]
) -> None:
    assert judged(replace(GOOD, **change)) == [(readiness, codes)]  # type: ignore[arg-type]  # fields by name


def test_systems_tell_the_protection_of_their_machines() -> None:
    systems = [
        Record("system", (), system="档案系统", department="档案局", classified=True, mlps=3),
        Record("system", (), system="门户", mlps=3),
        Record("host", (), server="esx-1", os=None),
    ]
    machines = [
        replace(GOOD, system="档案系统", department="档案局"),
        replace(GOOD, system="档案系统", department="教育局"),  # another one of that name
        replace(GOOD, system="档案系统"),  # whose it is, nobody says: secrets stay
        replace(GOOD, system="门户", mlps=2),  # what the machine's own row says
        replace(GOOD, system="门户"),
    ]
    assert judged(*systems, *machines) == [
        ("stays", {"classified", "mlps_high"}),
        ("ready", set()),
        ("stays", {"classified", "mlps_high"}),
        ("ready", set()),
        ("needs-care", {"mlps_high"}),
    ]


def test_a_system_stays_if_any_of_its_machines_does() -> None:
    found = assess(
        [
            replace(GOOD, cpu_p95=0.01, cpu_max=0.02, mem_avg=0.1),
            GOOD,
            replace(GOOD, os="AIX 6.1", cpu_p95=0.01, cpu_max=0.02, mem_avg=0.1),
            replace(GOOD, classified=True),
        ]
    )
    each = found.flags()
    assert [tuple(flags) for flags in each] == [
        (True, False, False),
        (False, False, False),
        (True, True, False),
        (False, False, True),
    ]
    systems = system_flags(zip("aabc", each, strict=True))
    assert {key: tuple(flags) for key, flags in systems.items()} == {
        "a": (False, False, False),
        "b": (True, True, False),
        "c": (False, False, True),
    }


# Days that the makers publish: learn.microsoft.com/lifecycle (extended end date), access.redhat.com/support/
# policy/updates/errata (end of maintenance), wiki.centos.org/About/Product, www.suse.com/lifecycle (general
# support of the last service pack), ubuntu.com/about/release-cycle (the month), wiki.debian.org/LTS.
@pytest.mark.parametrize(
    ("os", "last"),
    [
        ("Windows Server 2003", date(2015, 7, 14)),
        ("Windows Server 2008", date(2020, 1, 14)),
        ("Windows Server 2012 R2", date(2023, 10, 10)),
        ("Windows 7", date(2020, 1, 14)),
        ("RHEL 5", date(2017, 3, 31)),
        ("RHEL 6.10", date(2020, 11, 30)),
        ("Red Hat Enterprise Linux 7", date(2024, 6, 30)),
        ("CentOS 7", date(2024, 6, 30)),
        ("CentOS Linux 8", date(2021, 12, 31)),
        ("SLES 11 SP4", date(2019, 3, 31)),
        ("SUSE Linux Enterprise 12", date(2024, 10, 31)),
        ("Debian GNU/Linux 9", date(2022, 7, 1)),
    ],
)
def test_support_ends_on_the_published_day(os: str, last: date) -> None:
    assert read_system(os).ends == last
    old = replace(GOOD, os=os)
    for day, ended in ((last, False), (last + timedelta(days=1), True)):
        ((_, codes),) = judged(old, terms=Terms(date=day))
        assert ("os_unsupported" in codes) == ended


def test_versions_beside_the_known_ones_take_the_nearest_older_date() -> None:
    assert read_system("Windows NT 4.0 Server").ends == read_system("Windows 2000 Server").ends
    assert read_system("RHEL 3").ends == read_system("RHEL 4").ends
    assert read_system("Ubuntu 19.10").ends == read_system("Ubuntu 18.04 LTS").ends
    assert (read_system("Ubuntu 16.04").ends or DAY).timetuple()[:2] == (2021, 4)
    for family, known in ENDS.items():
        versions = [version for version, _ in known]
        assert versions == sorted(set(versions)), family


def test_the_day_is_the_given_one_else_that_of_the_newest_purchase() -> None:
    old = replace(GOOD, os="CentOS 6", purchase_date=date(2014, 5, 1))
    newer = replace(GOOD, purchase_date=date(2019, 1, 1))
    assert (found := assess([old, newer])).date == date(2019, 1, 1) and found.date_from == "newest-purchase"
    assert not found.reasons.any()
    assert assess([old], Terms(date=date(2021, 1, 1))).readiness.tolist() == [1]
    assert assess([GOOD]).date_from == "dates-of-support"


def test_every_code_has_texts_in_both_languages_and_a_bit_of_its_own() -> None:
    for code, known in REASONS.items():
        assert reason(code, "en") == known.en and reason(code, "zh") == known.zh
        assert known.en.isascii() and any("一" <= sign <= "鿿" for sign in known.zh)
        assert not known.en.endswith(".") and not known.zh.endswith("。")
        assert codes_of(1 << list(REASONS).index(code)) == (code,)
    assert len(REASONS) < 63
    assert len({text for known in REASONS.values() for text in known[1:]}) == 2 * len(REASONS)
    assert [readiness_text(name, "zh") for name in READINESS] == [
        "可直接迁移",
        "需处理后迁移",
        "保留在原机房",
    ]

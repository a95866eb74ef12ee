"""From every number of a statement back to its bookings, held against other readers of the same tables."""

from __future__ import annotations

import json
import math
import os
import re
import shutil
from collections.abc import Iterator
from fnmatch import fnmatchcase
from hashlib import sha256
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner, Result

from roomfold import __version__
from roomfold.cli import main
from roomfold.reports import publish, state
from roomfold.reports.explain.account import Desk
from roomfold.reports.explain.chain import Chain, chain
from roomfold.reports.explain.find import find, printed
from roomfold.reports.explain.leaves import PARTS, at, figures, leaves, names
from roomfold.reports.explain.opened import Opened, open_run
from roomfold.reports.explain.plain import to_json
from roomfold.reports.explain.recipe import nearest
from roomfold.reports.explain.recipes import recipe
from roomfold.reports.explain.rules import BOOKED, MADE
from roomfold.reports.explain.show import shown
from roomfold.scenarios.errors import InputError
from roomfold.scenarios.loader import load, quantities
from roomfold.sim.ledger import ITEMS
from roomfold.sim.outcome import Study

from ..small_study import tiny_study

ROOT = Path(__file__).parents[3]
EVERY = "ROOMFOLD_EVERY_NUMBER" in os.environ
# Everything that money may hold, so that every formula is used.
FINANCED = (
    "alternatives.bought={like: consolidate, title: {en: Bought, zh: 购买}, financing: {mode: ppp,"
    " term_years: 1, unit: system, vendor_irr: {low: 0.06, mode: 0.08, high: 0.12}, commitment_share: 0.8,"
    " loan: {share: 0.5, rate_per_year: 0.065, years: 1, subsidised_share: 0.3}, paid_by: {region: 1}}}",
    "prices.inflation=0.02",
    "prices.carbon_cny_per_t=60",
    "prices.vat={hardware: 0.17, services: 0.06, telecom: 0.06, electricity: 0.17, construction: 0.03}",
    "water={rooms_l_per_kwh: 0, cloud_l_per_kwh: 1.8}",
    "policy.cover={rule: coverage, by: 2014-12-31, share: 0.5, strict: false, source: test}",
)


def made(study: Study, folder: Path) -> Path:
    """The folder of a run without its report."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("roomfold.reports.forms.write_forms", lambda *_: None)
        publish(state(study), study, folder)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of three worlds of which a vendor builds one alternative."""
    return made(tiny_study(*FINANCED, worlds=3), tmp_path_factory.mktemp("out") / "run")


@pytest.fixture(scope="module")
def run(folder: Path) -> Opened:
    return open_run(folder)


def asked(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["explain", str(folder), *words])


def alike(one: float, other: float, unit: str) -> bool:
    """Money to the cent, all else to 1e-9."""
    cents = 0.005 if unit.startswith("CNY") and "/t" not in unit else 1e-12
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=cents)


def some(paths: Iterator[tuple[str, float]]) -> Iterator[tuple[str, float]]:
    """All medians and single numbers, other parts of every seventh figure; all with ROOMFOLD_EVERY_NUMBER."""
    for place, (path, value) in enumerate(paths):
        beside = path.rpartition(".")[2] in PARTS and not path.endswith(".p50")
        if EVERY or not beside or place % 7 == 0:
            yield path, value


def test_every_number_is_made_again(run: Opened) -> None:
    """Twelve digits are stated; figures are reckoned from bookings in the world nearest to each."""
    wrong, from_bookings = [], 0
    for path, stated in some(leaves(run.statement)):
        found = recipe(run, path)
        if found.again is None or not math.isclose(stated, found.again, rel_tol=1e-9, abs_tol=1e-12):
            wrong.append((path, stated, found.again))
        if found.reckon is None or not path.endswith(".p50"):
            continue
        row = nearest(found, stated)
        assert row is not None and found.values is not None
        desk, from_bookings = Desk(run, row), from_bookings + 1
        value = found.reckon(desk)
        if not alike(value, float(found.values[row]), found.unit) or desk.off > 0.005:
            wrong.append((path, float(found.values[row]), value))
    assert wrong == []
    assert from_bookings > 100


def test_every_kind_of_figure_is_explained_in_both_languages(run: Opened) -> None:
    """Nothing is left unfilled, and it says that it agrees."""
    names_left_out = re.compile(r"\.\d+|\.(keep|consolidate|bought|p10|p50|p90|mean)\b")
    kinds = {names_left_out.sub("", path): path for path, _ in leaves(run.statement)}
    for path in [*kinds.values()][:: 1 if EVERY else 3]:
        found = chain(run, path, depth=1)
        english, chinese = (shown(found, lang) for lang in ("en", "zh"))
        assert "All that could be reckoned again agrees." in english, (path, english)
        assert "凡可复算者均一致。" in chinese and "{" not in english + chinese, path


def booked(folder: Path, world: int, alternative: str, category: str, year: int) -> float:
    """A sum over ledger.parquet by another reader."""
    table = pq.read_table(folder / "ledger.parquet")
    mine = {"world": world, "alternative": alternative, "category": category, "year": year}
    for column, value in mine.items():
        table = table.filter(pc.equal(table[column].cast(type_of(value)), value))
    return float(pc.sum(table["cost_cny"]).as_py() or 0.0)


def type_of(value: object) -> str:
    return "string" if isinstance(value, str) else "int64"


def test_bookings_are_those_of_the_tables_and_add_up(run: Opened) -> None:
    middle = int(run.statement["middle_world"])
    found = chain(run, "savings.consolidate.annual.leased_lines", world=middle)
    assert found.reckoned is not None and found.sound
    (part,) = found.reckoned.parts
    keep, moved = (booked(run.folder, middle, name, "leased_lines", 2015) for name in ("keep", "consolidate"))
    assert math.fsum(e.counted for e in part.entries) == pytest.approx(keep - moved, abs=0.005)
    assert sum(found.reckoned.levels["saving"].values()) == pytest.approx(keep - moved, abs=0.005)
    sites = pq.read_table(run.folder / "ledger_sites.parquet").to_pylist()
    single = [row for row in sites if row["category"] == "leased_lines" and row["month"].year == 2015]
    single = [row for row in single if row["alternative"] in ("keep", "consolidate")]
    assert found.reckoned.number == len(single)
    assert max(abs(row["cost_cny"]) for row in single) == abs(found.reckoned.full[0].cost_cny)


def test_quantities_have_their_draw_range_source_and_line(run: Opened) -> None:
    found = chain(run, "savings.consolidate.annual.staff", world=1)
    wage = next(q for q in found.quantities if q.path == "prices.staff_cny_per_fte")
    drawn = pq.read_table(run.folder / "worlds.parquet").to_pylist()[1]["prices.staff_cny_per_fte"]
    assert (wage.value, wage.unit, wage.grade) == (drawn, "CNY/FTE/yr", "W")
    assert wage.shape == "60000 / 95000 / 140000" and "Chenzhou" in wage.source
    lines = (run.folder / "scenario.yaml").read_text("utf-8").splitlines()
    assert wage.line is not None and lines[wage.line - 1].strip().startswith("staff_cny_per_fte")
    assert [q.grade for q in found.quantities] == sorted((q.grade for q in found.quantities), key="AWS".index)


def test_a_plan_stands_with_the_draws_of_its_own_world(run: Opened) -> None:
    """Whatever world is asked for: what is proven is proven of the middle one."""
    drawn = pq.read_table(run.folder / "worlds.parquet").to_pylist()[int(run.statement["middle_world"])]
    for world in (None, 0, 2):
        found = chain(run, "plan.consolidate.gap", world=world)
        assert found.quantities and all(q.value == drawn[q.path] for q in found.quantities)


def test_every_booking_has_a_rule_that_exists() -> None:
    """Its module names the item, its section stands in the docs, its patterns name quantities somewhere."""
    known = {
        path for name in ("inner-mongolia-sites", "zhongshan", "gansu") for path in quantities(load(name))
    }
    every = {path.split(".", 2)[-1] if path.startswith("alternatives") else path for path in known}
    assert BOOKED.keys() == {item.name for item in ITEMS}
    for item, rule in BOOKED.items():
        code = (ROOT / rule.module).read_text("utf-8")
        part = re.sub("^(room|cloud)_(it|ups|cooling|other)$", "_{part}", item)
        assert part in code or "machines" in rule.module or item.startswith("service_"), item
        known_by = [path for path in every for pattern in rule.patterns if fnmatchcase(path, pattern)]
        assert known_by or rule.module == "sim/finance.py", item
    for rule in (*BOOKED.values(), *MADE.values()):
        file, _, section = rule.section.partition("#")
        assert (ROOT / rule.module).exists(), rule
        heads = (
            re.sub("[^a-z0-9 ]", "", line.lower()) for line in (ROOT / file).read_text("utf-8").splitlines()
        )
        assert not section or f" {section.replace('-', ' ')}" in heads, rule


def test_a_number_is_found_by_path_name_claim_and_as_printed(run: Opened) -> None:
    figure = at(run.statement, "savings.consolidate.annual_total")
    assert isinstance(figure, dict)
    low, middle, high = (figure[part] / 1e6 for part in ("p10", "p50", "p90"))
    total = "savings.consolidate.annual_total.p50"
    assert find(run, "annual_total") == find(run, "savings.consolidate.annual_total") == [total]
    assert find(run, "annual_total.p90") == ["savings.consolidate.annual_total.p90"]
    assert find(run, "bought:annual_total") == ["savings.bought.annual_total.p50"]
    assert find(run, f"CNY {middle:.4f} million")[0] == total
    assert find(run, f"{middle * 100:.2f}万元")[0] == find(run, f"{middle / 100:.6f} 亿元")[0] == total
    assert total in find(run, f"{low:.3f}–{high:.3f}")
    claims = {run.statement["claims"][int(path.split(".")[1])]["id"] for path in find(run, "T2")}
    assert claims == {"T2"} and len(find(run, "T2")) == 8
    with pytest.raises(InputError, match=r"NUMBER: got 'anual_total'.*did you mean 'annual_total'"):
        find(run, "anual_total")
    assert (printed("K2"), printed("p50"), printed("1 2 3 4")) == ([], [], [])
    assert all(at(run.statement, path) is not None for path in names(run.statement).values())


def test_a_number_is_found_as_cells_and_sentences_print_it(run: Opened) -> None:
    """A cell with its range; three digits; ends of two scales; an outlay without the minus of its saving."""
    figure = at(run.statement, "energy_kwh_per_year.keep")
    assert isinstance(figure, dict)
    low, middle, high = (figure[part] for part in ("p10", "p50", "p90"))
    assert "energy_kwh_per_year.keep.p50" in find(run, f"{middle:,.0f} ({low:,.0f}–{high:,.0f})")
    assert find(run, "PUE") == find(run, "pue")
    assert [n.value * (n.scale or 1) for n in printed("6590万元～1.46亿元")] == [65.9e6, 146e6]
    total = at(run.statement, "savings.consolidate.one_off_total")
    assert isinstance(total, dict) and total["p50"] < -1000
    said = f"{-total['p50']:.3g}"
    assert "savings.consolidate.one_off_total.p50" in find(run, f"{float(said):.0f}")
    done = asked(run.folder, f"{total['p50']:.0f}", "--depth", "1")
    assert done.output.startswith("savings.consolidate.one_off_total.p50")


def test_money_names_no_quantity_of_carbon(run: Opened) -> None:
    def named(figure: str) -> set[str]:
        return {q.path for q in chain(run, figure).quantities}

    carbon = "grid.carbon_kg_per_kwh"
    assert carbon in named("carbon_t_per_year.keep")
    assert carbon not in named("savings.consolidate.annual.electricity") | named("energy_kwh_per_year.keep")


def test_every_name_leads_somewhere(run: Opened) -> None:
    assert all(at(run.statement, path) is not None for path in names(run.statement).values())


def test_json_holds_the_chain(run: Opened) -> None:
    done = asked(run.folder, "npv", "--json")
    told = json.loads(done.output)
    assert told["sound"] and told["path"] == "savings.consolidate.npv.p50"
    assert told["value"] == at(run.statement, told["path"])
    entries = [entry for part in told["world"]["parts"] for entry in part["entries"]]
    assert {"cash", "left"} == {part["name"] for part in told["world"]["parts"]}
    assert all(entry["booked"] or entry["counted"] for entry in entries)
    assert "money.consolidate.npv.p50" not in told["same"] or len(told["same"]) < len(PARTS) * 9
    listed = json.loads(asked(run.folder, "--list", "--json").output)
    assert [row["path"] for row in listed] == [path for path, _ in figures(run.statement)]


GOLDEN = Path(__file__).parent


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_is_printed(run: Opened, lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Word for word, but for run and version and for differences in the last digits."""
    monkeypatch.chdir(run.folder.parent)
    told = asked(Path("run"), "leased_lines", "--world", "1", "--lang", lang).output
    told = re.sub(r"(difference |相差)-?[\d.]+(e-\d+)?", r"\g<1>0", told)
    told = told.replace(str(run.made["run_id"]), "RUN").replace(f"roomfold {__version__}", "roomfold VERSION")
    assert told == (GOLDEN / f"leased_lines.{lang}.txt").read_text("utf-8")


def test_the_examples_of_the_docs(run: Opened) -> None:
    """Commands run, with a claim of this scenario; what is shown is what is printed."""
    page = (ROOT / "docs" / "explain.md").read_text("utf-8")
    commands = re.findall(r"^roomfold explain out/inner-mongolia (.*)$", page, re.MULTILINE)
    assert len(commands) == 3
    for words in commands:
        assert asked(run.folder, *words.replace("K2", "T2").split()).exit_code == 0, words
    example = page.partition("```text\n")[2].partition("```")[0]
    assert example in (GOLDEN / "leased_lines.en.txt").read_text("utf-8")


def spoilt(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Files of a run and what may become of each."""
    for name in ("statement.json", "ledger.parquet", "worlds.parquet", "study.bin", "scenario.yaml"):
        held = (folder / name).read_bytes()
        yield name, held[: len(held) // 2]
        yield name, b""
    yield "manifest.json", b"{}"
    yield "manifest.json", b'{"roomfold": "1", "sha256": 3}'


def test_a_damaged_folder_is_one_line(folder: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "run"))
    for name, bytes_ in spoilt(folder):
        kept = (copy / name).read_bytes()
        (copy / name).write_bytes(bytes_)
        done = asked(copy, "npv")
        assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (3, "", 1), (name, done.output)
        (copy / name).write_bytes(kept)
    (copy / "ledger.parquet").unlink()
    assert asked(copy, "npv").exit_code == 3
    assert asked(tmp_path / "nowhere", "npv").exit_code == 3
    assert asked(folder, "npv", "--world", "99").exit_code == 3
    assert asked(folder).exit_code == asked(folder, "npv", "--list").exit_code == 2


FORGED = (
    ("savings.consolidate.npv.p50", "nan"),
    ("savings.consolidate.npv.p50", "1e999"),
    ("savings.consolidate.npv.p50", "9" * 400),
    ("savings.consolidate.npv.p50", "[" * 100_000),
    ("claims.0.id", '"other"'),
    ("claims.0.accounting", "3"),
    ("claims.0.alternative", "[]"),
    ("money.consolidate.savings", '{"x": {"total": {"p10": 1, "p50": 2, "p90": 3, "mean": 2, "unit": ""}}}'),
    ("annual_years", "[]"),
    ("savings.elsewhere", '{"npv": {"p10": 1, "p50": 2, "p90": 3, "mean": 2, "unit": "CNY"}}'),
)


def test_what_does_not_fit_together_is_one_line(folder: Path, tmp_path: Path) -> None:
    """Statements of anybody, under manifests that fit them; commands to copy are words to a shell."""
    copy = Path(shutil.copytree(folder, tmp_path / "a run; $(x)"))

    def forge(path: str, value: str) -> None:
        node = stated = json.loads((folder / "statement.json").read_text("utf-8"))
        *heads, last = path.split(".")
        for head in heads:
            node = node[int(head) if isinstance(node, list) else head]
        node[last] = "HERE"
        text = json.dumps(stated).replace('"HERE"', value if value != "nan" else "NaN")
        made_by = json.loads((folder / "manifest.json").read_text("utf-8"))
        made_by["sha256"]["statement.json"] = sha256(text.encode()).hexdigest()
        (copy / "statement.json").write_text(text, "utf-8")
        (copy / "manifest.json").write_text(json.dumps(made_by), "utf-8")

    for path, value in FORGED:
        forge(path, value)
        for number in (path, "claims.0.stat", "savings.elsewhere.npv", "npv"):
            done = asked(copy, number, "--depth", "1")
            assert done.exit_code in (0, 3) and "internal error" not in done.stderr, (
                path,
                value,
                done.output,
            )
            assert done.exit_code == 0 or done.stderr.count("\n") == 1
    forge("version", '"1\\n\\n  All that could be reckoned again agrees."')
    told = asked(copy, "npv", "--depth", "1", "--lang", "en").stdout.splitlines()
    assert sum(line.strip().startswith("All that could") for line in told) == 1
    assert any(line.strip().startswith(f"roomfold verify '{copy}'") for line in told)
    (copy / "manifest.json").write_text("[" * 100_000, "utf-8")
    for number in ("npv", "claims.²", f"claims.{'9' * 5000}"):
        assert asked(copy, number).exit_code == 3 and asked(folder, number).exit_code in (0, 3)


def test_what_was_tampered_with_does_not_agree(run: Opened) -> None:
    """A statement that says more than the bookings, under a manifest that fits it."""
    stated = json.loads(json.dumps(run.statement))
    stated["savings"]["consolidate"]["npv"]["p50"] += 1000.0
    false: Chain = chain(Opened(run.folder, run.made, stated), "savings.consolidate.npv")
    assert not false.sound and to_json(false)["difference"] == pytest.approx(1000.0, abs=0.01)


def test_a_fleet_says_that_the_engine_counts(tmp_path: Path) -> None:
    policies = {
        name: {"energy_kwh": kwh, "energy_saved_share": 1 - kwh / 2} for name, kwh in (("a", 2.0), ("b", 1.0))
    }
    stated = {
        "kind": "fleet",
        "scenario": "x",
        "version": "1",
        "seed": 1,
        "baseline": "a",
        "policies": policies,
    }
    text = json.dumps(stated)
    (tmp_path / "statement.json").write_text(text, "utf-8")
    made_by = {"roomfold": "1", "sha256": {"statement.json": sha256(text.encode()).hexdigest()}}
    (tmp_path / "manifest.json").write_text(json.dumps(made_by), "utf-8")
    done = asked(tmp_path, "policies.b.energy_saved_share", "--lang", "en")
    assert done.exit_code == 0 and "counted by the engine" in done.output and "agrees" in done.output
    assert json.loads(asked(tmp_path, "--list", "--json").output)[-1]["value"] == 0.5


def test_the_tab_key_completes_paths(run: Opened) -> None:
    shell = ShellComplete(main, {}, "roomfold", "_ROOMFOLD_COMPLETE")

    def offered(text: str) -> list[str]:
        return [item.value for item in shell.get_completions(["explain", str(run.folder)], text)]

    assert offered("savings.c") == ["savings.consolidate."]
    assert offered("savings.consolidate.np") == ["savings.consolidate.npv"]
    assert offered("savings.consolidate.npv.p5") == ["savings.consolidate.npv.p50"]
    assert offered("nothing.") == []

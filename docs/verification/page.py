"""``docs/verification.md``, from the results alone: the same results give the same bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from roomfold.sim import stamp

from . import tables
from .results import HERE, Figure, figures_of, load
from .texts import PARTS, UNITS_ZH, chinese

PAGE = HERE.parent / "verification.md"
CODES = re.compile(r"<!-- codes: (.*) -->")
MODEL = " ".join(stamp.MODEL)
AGES_ZH = {"this": "本版代码", "an earlier": "较早的代码"}
NOT_MADE, NOT_MADE_ZH = "Not made yet.", "尚未完成。"

LEAD = """# Verification dossier

[中文摘要](#中文摘要)

What roomfold is held against, with every figure from a run. The page is written by

    .venv/bin/python -m roomfold.docs.verification

(`--only PART` for one part, `--page` for the page alone) from the results in `docs/verification/*.json`; a
test proves that it says what they say. `met` and `missed` judge a figure by its target; figures without a
target are stated, not judged. Each result names the hash of the code it was made with.
"""

AUDIT = """## For an auditor: from a number to a run of your own

Five commands, from a number in a report to the bytes behind it. `out/inner-mongolia` stands for the folder of
any run.

1. What the number is made of: formula, bookings, quantities with their draws, sources.

       python3 go.py explain out/inner-mongolia "CNY 97 million"

2. Which assumptions it rests on, with source and grade.

       python3 go.py check out/inner-mongolia/scenario.yaml

3. The run again, from the folder's own scenario and seed, every file compared byte by byte. `manifest.json`
   has the versions and the hash of the code; with the same pins it must say `same bytes`.

       python3 go.py verify out/inner-mongolia

4. The plan of the middle world (its number is in `statement.json`), with bound and gap, through the checker.

       python3 go.py plan out/inner-mongolia/scenario.yaml --world 0

5. Ledger and hourly stocks reconciled, and the rest of this page, on your machine.

       .venv/bin/python -m roomfold.docs.verification --only ledger
"""

AUDIT_ZH = """### 审计路径

从报告中的一个数到自行复算，共五条命令：`explain`（公式、账目、抽样与来源）、`check`（假设及等级）、\
`verify`（重新运行并逐字节比对）、`plan`（计划、下界与核验）、\
`python -m roomfold.docs.verification --only ledger`（账目核对）。完整写法见上文英文部分。
"""


def current_codes() -> dict[str, str]:
    """Hash of the code now, for each set of folders that a result names."""
    sets = {MODEL, *(" ".join(content["made_with"].get("of", stamp.MODEL)) for _, content in results())}
    return {parts: stamp.code(tuple(parts.split())) for parts in sorted(sets)}


def codes_in(page: str) -> dict[str, str]:
    """The hashes that a page was compared with when it was written."""
    found = CODES.search(page)
    pairs = (pair.rpartition("=") for pair in found[1].split("; ")) if found else ()
    return {parts: code for parts, _, code in pairs}


def results(folder: Path = HERE) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every part that has been made, in the order of the page."""
    for name in PARTS:
        content = load(name, folder)
        if content is not None:
            yield name, content


def page(codes: Mapping[str, str], folder: Path = HERE) -> str:
    """The whole page.

    Args:
        codes: hash of the code when the page is written, by the folders that it covers.
    """
    made = dict(results(folder))
    kept = "; ".join(f"{parts}={code}" for parts, code in codes.items())
    blocks = [LEAD, f"<!-- codes: {kept} -->\n", "## At a glance\n", _glance(made, codes)]
    blocks += [_part(name, made.get(name), codes) for name in PARTS]
    blocks += [AUDIT, _chinese(made, codes)]
    return "\n".join(blocks)


def _glance(made: Mapping[str, Mapping[str, Any]], codes: Mapping[str, str]) -> str:
    rows = []
    for name, text in PARTS.items():
        link = f"[{text.title}](#{_anchor(text.title)})"
        if name not in made:
            rows.append([link, "", "", NOT_MADE])
            continue
        held, judged = _held(figures_of(made[name]))
        rows.append([link, f"{held} of {judged}", f"`{name}.json`", _age(made[name]["made_with"], codes)])
    return tables.markdown(["part", "targets met", "result", "made with"], rows)


def _held(figures: Sequence[Figure]) -> tuple[int, int]:
    judged = [figure.held for figure in figures if figure.held is not None]
    return sum(judged), len(judged)


def _age(made_with: Mapping[str, Any], codes: Mapping[str, str]) -> str:
    code = made_with.get("code", "unknown")
    now = codes.get(" ".join(made_with.get("of", stamp.MODEL)))
    return f"this code, `{code}`" if code == now else f"an earlier code, `{code}`"


def _part(name: str, content: Mapping[str, Any] | None, codes: Mapping[str, str]) -> str:
    text = PARTS[name]
    lines = [f"## {text.title}\n", f"**Shown.** {text.shown}\n", f"**Not shown.** {text.not_shown}\n"]
    if content is None:
        return "\n".join([*lines, f"{NOT_MADE}\n"])
    rows = [
        [
            figure.name,
            _number(figure),
            str(figure.target or ""),
            {True: "met", False: "missed", None: ""}[figure.held],
        ]
        for figure in figures_of(content)
    ]
    lines.append(tables.markdown(["figure", "value", "target", ""], rows, right=(1,)))
    lines += [block for block in tables.of_part(name, content) if block]
    lines.append(f"Made with {_age(content['made_with'], codes)}, by `{content['command']}`.\n")
    return "\n".join(lines)


def _number(figure: Figure) -> str:
    return f"{tables.number(figure.value)} {figure.unit}".rstrip()


def _chinese(made: Mapping[str, Mapping[str, Any]], codes: Mapping[str, str]) -> str:
    lines = [
        "## 中文摘要\n",
        "本页由一条命令从运行结果生成，数字均取自`docs/verification/*.json`，未达标者照实列出。\n",
    ]
    for name, text in PARTS.items():
        lines += [
            f"### {text.title_zh}\n",
            f"**证明：**{text.shown_zh}\n",
            f"**未证明：**{text.not_shown_zh}\n",
        ]
        if name not in made:
            lines.append(f"{NOT_MADE_ZH}\n")
            continue
        verdict = {True: "达标", False: "未达标", None: ""}
        rows = [
            [chinese(figure.name), _chinese_number(figure), verdict[figure.held]]
            for figure in figures_of(made[name])
        ]
        lines.append(tables.markdown(["指标", "数值", "判定"], rows, right=(1,)))
        said = _age(made[name]["made_with"], codes)
        age = next(words for start, words in AGES_ZH.items() if said.startswith(start))
        lines.append(f"所用代码：{age}。\n")
    return "\n".join([*lines, AUDIT_ZH])


def _chinese_number(figure: Figure) -> str:
    return f"{tables.number(figure.value)} {UNITS_ZH.get(figure.unit, figure.unit)}".rstrip()


def _anchor(title: str) -> str:
    """Of a heading, as GitHub and MyST make it."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")

"""Makes docs/gallery.md: every chart in both languages, what it shows and when to use it.

    python docs/gallery.py --run DIR --calibration DIR --frontier DIR --sweep DIR --fleet DIR --fit DIR

takes the charts of finished folders (of ``roomfold run``, ``calibrate``, ``plan --frontier``, ``sweep``, a
run of a fleet, ``fit``). Images of a folder that is not given stay as they are; the page is always written.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from PIL import Image

HERE = Path(__file__).parent
IMAGES = HERE / "gallery"
WIDTH_PX = 800
COLOURS = 96
LANGS = ("en", "zh")

# What each folder's charts show and when to use them, in both languages.
ENTRIES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "run": {
        "waterfall": (
            "From the rooms' yearly cost to the cloud's, by category. To say where a saving comes from.",
            "由机房年费用到云上年费用，逐类增减。用于说明节约从何而来。",
        ),
        "distribution": (
            "The annual saving in all worlds beside the published figure, a row for each way of counting. To "
            "check a published annual figure.",
            "各次抽样的年节约额与公布数对照，每行一种核算口径。用于核对公布的年节约额。",
        ),
        "oneoff": (
            "The same for the one-off saving. To check avoided construction and purchases.",
            "一次性节约额的同类对照。用于核对避免的建设和采购支出。",
        ),
        "verdicts": (
            "Every published figure under every way of counting, over its published value. To see all checks "
            "on one page.",
            "各项公布数在各种口径下与仿真值之比。用于一页总览全部对照结果。",
        ),
        "cashflow": (
            "Cumulative cash with its band and the payback month. To say when the move pays for itself.",
            "累计净现金流、区间和回收点。用于说明投资何时收回。",
        ),
        "levels": (
            "Who saves and who pays: levels of government a year, all payers in all. To share cost.",
            "各级政府年节约与分摊，各付款方全期收支。用于商定费用分担。",
        ),
        "energy": (
            "Electricity with every alternative, by cause. To state energy saved and PUE.",
            "各方案用电量及构成。用于说明节电量和PUE。",
        ),
        "utilisation": (
            "How busy machines are by hour and weekday, with every alternative. To show idle capacity.",
            "各方案按时刻和星期的利用率。用于说明闲置能力。",
        ),
        "hosts": (
            "CPU against memory of every cloud host, filled and stranded. To see what a plan leaves unused.",
            "每台云主机的CPU与内存占用及搁浅部分。用于查看方案留下的空余。",
        ),
        "migration": (
            "Waves or units against their plan, staff and line against their limits, deadlines, freezes. "
            "To steer a move.",
            "各批次或单位的计划与仿真进度，人员、带宽占用及上限，期限与封网期。用于组织迁移。",
        ),
        "rooms": (
            "Machine rooms open over time. To follow closures against their due days.",
            "在用机房数随时间变化。用于对照期限跟踪机房关停。",
        ),
        "service": (
            "Hours lost, most systems down at once, demand not served. To weigh service against money.",
            "年停机量、同时停机系统数和未满足需求。用于权衡服务与费用。",
        ),
        "tradeoff": (
            "Cost against carbon and risk for every alternative, dominated ones open. To choose between "
            "alternatives.",
            "各方案的费用、碳排放和风险，空心者被全面超过。用于方案比选。",
        ),
        "proof": (
            "The plan and simple rules above the proven bound. To say what a better plan could save.",
            "本方案及简单规则高出已证明下界的幅度。用于说明方案还有多少优化余地。",
        ),
        "drivers": (
            "Which assumptions go with the spread, how well sourced. To decide what to find out.",
            "影响结果离散程度的参数及其来源等级。用于确定应优先核实的参数。",
        ),
        "tornado": (
            "The saving with one assumption at its low or high end. To answer 'what if'.",
            "单个参数取低值或高值时的节约额。用于回答“如果……会怎样”。",
        ),
    },
    "calibration": {
        "ridges": (
            "Assumptions before and after calibration, as ridges. To see what published figures tell.",
            "校准前后参数的分布（山脊图）。用于查看公布数提供了哪些信息。",
        ),
        "pairs": (
            "Pairs of assumptions that calibration ties to each other. To see what cannot be told apart.",
            "校准后相互关联的参数对。用于识别无法分别确定的参数。",
        ),
        "worth": (
            "What it is worth to know an assumption. To decide on what to measure first.",
            "各参数的信息价值。用于确定优先测量的对象。",
        ),
    },
    "frontier": {
        "frontier": (
            "Plans of one world: cost against energy and hours lost. To choose under several aims.",
            "同一抽样下各规划方案的费用与用电量、停机量。用于多目标规划比选。",
        ),
    },
    "sweep": {
        "sweep": (
            "The net saving over the values of one input. To show how a result depends on a choice.",
            "年净节约额随某一参数取值的变化。用于说明结果对取值的依赖。",
        ),
    },
    "fleet": {
        "energy": (
            "Energy of policies of dynamic consolidation, beside published figures. To rank policies.",
            "各动态整合策略的用电量与公布数对照。用于策略排序。",
        ),
        "hosts": (
            "Hosts in use over the day under each policy. To see how fast a policy follows demand.",
            "各策略下在用主机数随时间变化。用于查看策略跟随需求的快慢。",
        ),
        "tradeoff": (
            "Energy against violations of service levels. To choose a policy.",
            "用电量与服务水平违约率。用于策略比选。",
        ),
    },
    "fit": {
        "marginal": (
            "Quantiles of a trace beside those of the fitted model. To check the spread of demand.",
            "实测轨迹与拟合模型的分位数。用于检验需求的离散程度。",
        ),
        "memory": (
            "Autocorrelation by lag, trace and model. To check how long demand remembers.",
            "实测与模型的自相关。用于检验需求的持续性。",
        ),
        "week": (
            "Demand over the hours of the week, trace and model. To check the profile.",
            "实测与模型的周内逐时需求。用于检验需求曲线。",
        ),
        "cross": (
            "How pairs of components correlate, trace and model. To check how much packing gains.",
            "实测与模型的组件间相关性。用于检验错峰装箱的收益。",
        ),
    },
}

HEADS = {
    "run": "A run (`roomfold run`)",
    "calibration": "A calibration (`roomfold calibrate`)",
    "frontier": "A frontier of plans (`roomfold plan --frontier`)",
    "sweep": "A sweep (`roomfold sweep`)",
    "fleet": "Dynamic consolidation (`roomfold run planetlab`)",
    "fit": "A fit of a trace (`roomfold fit`)",
}

LEAD = """# Gallery of charts

Each chart of a report, in English and in Chinese. A chart states its finding in its title; the text
under it in the report says how to read it, and the table behind it lies beside it as CSV. Headings are
ids of figures: `roomfold report DIR --chart ID` draws one alone, `roomfold cite DIR ID` cites it. With
several alternatives most charts show all of them; `waterfall`, `levels`, `hosts` and `migration` are drawn
once for each, the second and further ones as ID-ALTERNATIVE (`waterfall-virtualise`). Where a scenario has
its baseline alone, only `energy`, `utilisation`, `rooms` and `service` are drawn. This page is made by
`python docs/gallery.py`.
"""


def page() -> str:
    """The page in Markdown; charts of which there is no image yet have none."""
    parts = [LEAD]
    for kind, entries in ENTRIES.items():
        parts.append(f"## {HEADS[kind]}\n")
        for name, (english, chinese) in entries.items():
            images = " ".join(
                f"![{name}, {lang}](gallery/{image(kind, name, lang).name})"
                for lang in LANGS
                if image(kind, name, lang).exists()
            )
            parts.append(f"### `{name}`\n\n{english}\n{chinese}\n" + (f"\n{images}\n" if images else ""))
    return "\n".join(parts)


def image(kind: str, name: str, lang: str) -> Path:
    """Where a chart's image lies."""
    return IMAGES / f"{kind}-{name}.{lang}.png"


def take(kind: str, folder: Path) -> None:
    """Copy the charts of a finished folder, smaller and in few colours."""
    IMAGES.mkdir(exist_ok=True)
    for name in ENTRIES[kind]:
        for lang in LANGS:
            source = folder / "charts" / f"{name}.{lang}.png"
            if not source.exists():
                continue
            with Image.open(source) as drawn:
                height = round(drawn.height * WIDTH_PX / drawn.width)
                small = drawn.convert("RGB").resize((WIDTH_PX, height), Image.Resampling.LANCZOS)
            few = small.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
            few.save(image(kind, name, lang), optimize=True)


def main() -> None:
    """Take the charts of the folders given and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    for kind in ENTRIES:
        parser.add_argument(f"--{kind}", type=Path, metavar="DIR")
    for kind, folder in vars(parser.parse_args()).items():
        if folder is not None:
            take(kind, folder)
    (HERE / "gallery.md").write_text(page(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()

"""澄原市, a county-level city that does not exist: its rooms, its systems, and its ledger of assets.

As offices write them: titles above the header, headers in two lines with merged cells, units in headers and
in cells, full-width digits, totals, notes of who filled in what, much left blank.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random

CITY = "澄原市"
FULL_WIDTH = str.maketrans("0123456789.", "０１２３４５６７８９．")

# Rooms: name, owner, level, class, m2, racks, UPS kVA, IT kW, PUE, staff, 万元 a year; None where left blank.
ROOMS = [
    ("市行政中心机房", "市政府办公室", "县级", "B级", 160, 22, 160, 46, 1.9, 4, 38),
    ("市公安局机房", "市公安局", "县级", "B级", 120, 16, 120, 38, 2.0, 3, 26),
    ("市财政局机房", "市财政局", "县级", "", 60, 8, 60, 14.5, 2.1, 1.5, 11.2),
    ("市人社局机房", "市人力资源和社会保障局", "县级", "", 55, 7, 60, 12, None, 1, 9.5),
    ("市自然资源局机房", "市自然资源局", "县级", "", 48, 6, 40, 11, 2.2, 1, None),
    ("市卫健局机房", "市卫生健康局", "县级", "", 42, 5, 40, 9.2, None, 1, 7.8),
    ("市教育体育局机房", "市教育体育局", "县级", "", 40, 5, 30, None, None, 1, 6.5),
    ("市住建局机房", "市住房和城乡建设局", "县级", "", 32, 4, 30, 6.4, None, 0.5, None),
    ("市民政局机房", "市民政局", "县级", "", 20, 3, 20, None, None, 0.5, 3.2),
    ("市交通运输局机房", "市交通运输局", "县级", "", 26, 3, 20, 5, None, 0.5, 4),
    ("市水利局机房", "市水利局", "县级", "", 24, 3, 20, 4.6, 2.4, None, 3.6),
    ("市农业农村局机房", "市农业农村局", "县级", "", 18, 2, 10, None, None, 0.5, None),
    ("市场监管局机房", "市市场监督管理局", "县级", "", 30, 4, 30, 6.1, None, 1, 5.1),
    ("市生态环境分局机房", "市生态环境分局", "县级", "", 22, 3, 20, None, None, 0.5, 3.9),
    ("市应急局机房", "市应急管理局", "县级", "", 25, 3, 20, 4.8, None, 0.5, None),
    ("市医保局弱电间", "市医疗保障局", "县级", "", 9, 1, 6, None, None, None, None),
    ("市审计局弱电间", "市审计局", "县级", "", 8, 1, 6, 1.4, None, None, 0.9),
    ("市统计局弱电间", "市统计局", "县级", "", 10, 1, 6, 1.5, None, 0.2, None),
    ("市司法局弱电间", "市司法局", "县级", "", 8, 1, None, None, None, None, None),
    ("市档案馆机房", "市档案馆", "县级", "", 28, 4, 20, 5.2, None, 0.5, 3.1),
    ("市图书馆弱电间", "市图书馆", "县级", "", 12, 2, 10, None, None, 0.3, 1.5),
    ("市融媒体中心机房", "市融媒体中心", "县级", "", 45, 6, 40, 10.5, 2.3, 1, 8.8),
    ("城关镇弱电间", "城关镇人民政府", "乡级", "", 6, 1, 3, None, None, None, 0.4),
    ("柳河镇弱电间", "柳河镇人民政府", "乡级", "", 7, 1, 3, None, None, 0.1, None),
    ("石门乡弱电间", "石门乡人民政府", "乡级", "", 6, 1, None, None, None, None, 0.3),
]
# Systems: name, number of the room above, MLPS, classified, zone, servers, GB of data, users; "" if blank.
SYSTEMS = [
    ("政务协同办公系统", 0, 2, "否", "政务外网", 4, 1200, 2600),
    ("市政府门户网站", 0, 3, "否", "互联网", 4, 600, ""),
    ("政务服务一体化平台", 0, 3, "否", "政务外网", 5, 1800, 15000),
    ("12345热线平台", 0, 2, "否", "政务外网", 3, 900, 120),
    ("公文交换系统", 0, 3, "是", "政务内网", 2, 300, 210),
    ("督查督办系统", 0, 2, "否", "政务外网", 1, 80, 340),
    ("数据共享交换平台", 0, 3, "否", "政务外网", 4, 2600, ""),
    ("视频会议系统", 0, 2, "否", "政务外网", 2, 150, ""),
    ("公共资源交易系统", 0, 3, "否", "互联网", 3, 700, 900),
    ("警务综合平台", 1, 3, "否", "公安专网", 6, 5200, 1100),
    ("视频图像信息库", 1, 3, "否", "公安专网", 8, 42000, 300),
    ("人口信息管理系统", 1, 3, "否", "公安专网", 3, 1500, ""),
    ("交通管理集成平台", 1, 3, "否", "公安专网", 3, 2200, 260),
    ("涉密指挥调度系统", 1, 4, "是", "公安专网", 2, 400, 60),
    ("预算管理一体化系统", 2, 3, "否", "政务外网", 3, 800, 620),
    ("国库集中支付系统", 2, 3, "否", "政务外网", 2, 500, 540),
    ("非税收入管理系统", 2, 2, "否", "政务外网", 1, 260, 310),
    ("行政事业单位资产系统", 2, 2, "否", "政务外网", 1, 120, 430),
    ("社会保险业务系统", 3, 3, "否", "业务专网", 4, 1900, 180),
    ("就业服务系统", 3, 2, "否", "政务外网", 2, 300, ""),
    ("劳动监察系统", 3, 2, "否", "政务外网", 1, 90, 45),
    ("人事档案管理系统", 3, 3, "是", "政务内网", 1, 200, 12),
    ("不动产登记系统", 4, 3, "否", "政务外网", 3, 2400, 150),
    ("国土空间基础信息平台", 4, 3, "否", "业务专网", 3, 6800, 85),
    ("建设用地审批系统", 4, 2, "否", "政务外网", 1, 350, 60),
    ("全民健康信息平台", 5, 3, "否", "业务专网", 3, 3600, 1500),
    ("妇幼保健系统", 5, 2, "否", "业务专网", 1, 240, 130),
    ("疾控直报系统", 5, 2, "否", "业务专网", 1, 110, ""),
    ("教育资源公共服务平台", 6, 2, "否", "互联网", 3, 5400, 32000),
    ("学籍管理系统", 6, 2, "否", "政务外网", 1, 150, 260),
    ("招生报名系统", 6, 2, "否", "互联网", 1, 60, 8000),
    ("工程建设审批系统", 7, 2, "否", "政务外网", 2, 420, 280),
    ("房屋交易备案系统", 7, 2, "否", "政务外网", 1, 310, 120),
    ("维修资金管理系统", 7, 2, "否", "政务外网", 1, 70, ""),
    ("社会救助系统", 8, 2, "否", "政务外网", 1, 130, 220),
    ("婚姻登记系统", 8, 2, "否", "政务外网", 1, 45, 18),
    ("道路运输管理系统", 9, 2, "否", "政务外网", 1, 180, 90),
    ("公路养护系统", 9, 2, "否", "政务外网", 1, 95, ""),
    ("山洪灾害监测预警系统", 10, 2, "否", "业务专网", 2, 520, 75),
    ("水资源管理系统", 10, 2, "否", "政务外网", 1, 160, ""),
    ("农产品质量追溯系统", 11, 2, "否", "互联网", 1, 85, 1200),
    ("土地承包经营权系统", 11, 2, "否", "政务外网", 1, 240, 66),
    ("市场主体登记系统", 12, 3, "否", "政务外网", 2, 640, 310),
    ("食品安全监管系统", 12, 2, "否", "政务外网", 1, 150, 140),
    ("特种设备监管系统", 12, 2, "否", "政务外网", 1, 75, ""),
    ("污染源在线监控系统", 13, 2, "否", "业务专网", 2, 480, 40),
    ("环评审批系统", 13, 2, "否", "政务外网", 1, 65, 25),
    ("应急指挥平台", 14, 3, "否", "政务外网", 2, 390, 160),
    ("安全生产监管系统", 14, 2, "否", "政务外网", 1, 120, 210),
    ("医保结算前置系统", 15, 3, "否", "业务专网", 1, 210, ""),
    ("审计管理系统", 16, 3, "是", "政务内网", 1, 160, 36),
    ("统计联网直报系统", 17, 2, "否", "政务外网", 1, 180, 900),
    ("社区矫正系统", 18, 2, "否", "政务外网", 1, 55, 60),
    ("数字档案馆系统", 19, 3, "否", "政务外网", 2, 8200, 180),
    ("图书借阅系统", 20, 2, "否", "互联网", 1, 140, 21000),
    ("融媒体采编系统", 21, 2, "否", "互联网", 3, 9600, 110),
    ("新闻网站", 21, 2, "否", "互联网", 2, 700, ""),
    ("城关镇综合治理系统", 22, 2, "否", "政务外网", 1, 40, 55),
    ("柳河镇便民服务系统", 23, 2, "否", "政务外网", 1, 30, 40),
    ("石门乡便民服务系统", 24, "", "否", "政务外网", 1, 25, ""),
]
# Models: what stands in the ledger, processor, first and last year it was bought, 万元.
MODELS = [
    ("浪潮 NF5280M3", "Intel Xeon E5-2620 v2", 2013, 2014, 4.2),
    ("华为 RH2288H V2", "Intel Xeon E5-2609", 2013, 2014, 3.9),
    ("曙光 I620-G20", "Intel Xeon E5-2620 v3", 2015, 2016, 4.6),
    ("华为 RH2288H V3", "Intel Xeon E5-2620 v4", 2015, 2017, 4.9),
    ("浪潮 NF5280M4", "Intel Xeon E5-2630 v4", 2016, 2018, 5.3),
    ("联想 SR650", "Intel Xeon Silver 4110", 2018, 2020, 5.1),
    ("浪潮 NF5280M5", "Intel Xeon Silver 4214", 2018, 2021, 5.6),
    ("华为 2288H V5", "Intel Xeon Gold 5218", 2019, 2022, 6.8),
]
OTHERS = [  # what a ledger also lists: name, model, 万元
    ("台式计算机", "联想 启天M430", 0.48),
    ("激光打印机", "惠普 M405d", 0.22),
    ("服务器机柜", "图腾 42U", 0.35),
    ("精密空调", "艾默生 P2040", 8.6),
    ("UPS电源", "山特 3C3-40KS", 6.4),
    ("核心交换机", "H3C S7506E", 9.8),
    ("防火墙", "深信服 AF-1000", 4.5),
    ("笔记本电脑", "华为 MateBook", 0.62),
    ("KVM切换器", "ATEN CL5708", 0.4),
    ("办公桌", "", 0.12),
]
SERVERS = 110
QUANTITIES = {10: 2, 25: 3, 40: 2, 70: 2, 85: 3}  # rows of the ledger that stand for several servers
ELSEWHERE = ("一楼值班室", "老办公楼302室")  # places that are in no survey of rooms


@dataclass(frozen=True)
class Server:
    """A row of the ledger; ``price`` in 万元."""

    asset: str
    name: str
    model: str
    cpu: str
    bought: date
    price: float
    quantity: int
    room: str
    owner: str
    system: str
    state: str


def servers(random: Random) -> list[Server]:
    """The ledger's servers in the order of systems. The survey counts more: no ledger has virtual ones."""
    surveyed = [(name, ROOMS[room]) for name, room, _, _, _, count, *_ in SYSTEMS for _ in range(int(count))]
    rows = SERVERS - sum(QUANTITIES.values()) + len(QUANTITIES)
    made = []
    for at in range(rows):
        system, (room, owner, *_) = surveyed[at * len(surveyed) // rows]
        model, cpu, first, last, price = MODELS[int(random.random() * len(MODELS))]
        year = first + int(random.random() * (last - first + 1))
        bought = date(year, 1 + int(random.random() * 12), 1 + int(random.random() * 28))
        quantity = QUANTITIES.get(at, 1)
        made.append(
            Server(
                f"CY{year}{4000 + at:04d}",
                "机架式服务器" if at % 4 else "服务器",
                model,
                cpu if at % 5 else "",
                bought,
                round(quantity * price * (0.85 + 0.4 * random.random()), 2),
                quantity,
                ELSEWHERE[at // 37 % 2] if at % 37 == 36 else room,
                owner,
                "" if at % 18 == 17 else system,
                "停用" if at % 16 == 15 else "在用",
            )
        )
    return made


def ledger(random: Random) -> tuple[list[list[object]], list[tuple[int, int]]]:
    """The ledger of assets: rows, and first and last row (0-based) of each department's merged name."""
    width = 12
    rows: list[list[object]] = [
        [f"{CITY}固定资产台账（信息化设备）", *[""] * (width - 1)],
        ["填报单位：市财政局", *[""] * 8, "填报日期：2023年4月20日", "", ""],
        [
            *("资产编号", "资产名称", "规格型号", "CPU型号", "数量", "原值（万元）", "取得日期", "使用部门"),
            *("存放地点", "所属系统", "使用状态", "备注"),
        ],
    ]
    spans, total, count = [], 0.0, 0
    found = servers(random)
    for owner in dict.fromkeys(room[1] for room in ROOMS):
        first = len(rows)
        for server in (each for each in found if each.owner == owner):
            rows.append(_server(server, len(rows)))
            total, count = total + server.price, count + server.quantity
        for _ in range(2 if first % 3 else 1):
            at = len(rows)
            name, model, price = OTHERS[at % len(OTHERS)]
            day = f"20{15 + at % 8}年{1 + at % 12}月"
            rows.append([f"QT{9000 + at}", name, model, "", 1, price, day, owner, "办公楼", "", "在用", ""])
            total, count = total + price, count + 1
        spans.append((first, len(rows) - 1))
    rows.append(["合计", "", "", "", count, round(total, 2), *[""] * 6])
    rows.append(["审核人：　　　　填表人：", *[""] * 11])
    return rows, spans


def _server(server: Server, at: int) -> list[object]:
    """A row, written this way or that."""
    price: object = server.price
    day: object = server.bought
    quantity: object = server.quantity
    if at % 7 == 0:
        price = f"{server.price}".translate(FULL_WIDTH)
    elif at % 13 == 0:
        price = f"{server.price * 10000:.0f}元"
    if at % 9 == 0:
        day = f"{server.bought.year}年{server.bought.month}月"
    elif at % 10 == 0:
        day = f"{server.bought.year}.{server.bought.month}.{server.bought.day}"
    if at % 11 == 0:
        quantity = f"{server.quantity}台".translate(FULL_WIDTH)
    note = "拟报废" if server.state == "停用" else ""
    return [
        *(server.asset, server.name, server.model, server.cpu, quantity, price, day, server.owner),
        *(server.room, server.system, server.state, note),
    ]


def survey(random: Random) -> list[list[object]]:
    """The survey of systems, as text."""
    head = ["序号", "系统名称", "主管部门", "等保级别", "是否涉密", "部署网络", "所在机房", "服务器数量"]
    head += ["数据量（GB）", "用户数", "专线带宽（Mbps）", "专线月租（元）"]
    rows: list[list[object]] = [[f"{CITY}政务信息系统普查表"], [], ["填报单位：市大数据中心"], head]
    for at, (name, room, mlps, classified, zone, count, data, users) in enumerate(SYSTEMS, start=1):
        level = ("", "", "二级", "三级", "四级")[mlps or 0] if at % 6 else mlps
        line, rent = "", ""
        if zone.endswith("专网"):
            line = (10, 20, 100)[int(random.random() * 3)]
            rent = {10: 1200, 20: 1900, 100: 4600}[line] if at % 3 else ""
        size = f"{data / 1000:g}TB" if data >= 2000 and at % 2 else data
        many = f"{users / 10000:g}万" if users != "" and users >= 10000 else users
        number = str(count).translate(FULL_WIDTH) if at % 8 == 0 else count
        place = "" if at % 23 == 0 else ROOMS[room][0]
        rows.append(
            [at, name, ROOMS[room][1], level, classified, zone, place, number, size, many, line, rent]
        )
    rows.append(["合计", *[""] * 6, sum(int(system[5]) for system in SYSTEMS), "", "", "", ""])
    rows.append(["注：服务器数量含虚拟机。"])
    return rows


def rooms() -> list[list[object]]:
    """The survey of rooms; its header takes two rows."""
    rows: list[list[object]] = [
        [f"{CITY}机房普查表", *[""] * 11],
        ["序号", "机房名称", "所属单位", "行政级别", "基本情况", "", "", "动力环境", "", "", "运行维护", ""],
        [
            *("", "", "", "", "面积（㎡）", "机柜数量", "机房等级", "UPS容量（kVA）", "IT负荷（kW）", "PUE"),
            *("运维人员", "年运维费用（万元）"),
        ],
    ]
    for at, (name, owner, level, grade, area, racks, ups, load, pue, staff, cost) in enumerate(
        ROOMS, start=1
    ):
        shown = str(area).translate(FULL_WIDTH) if at % 5 == 0 else area
        cells = [at, name, owner, level, shown, racks, grade, ups, load, pue, staff, cost]
        rows.append(["" if cell is None else cell for cell in cells])
    rows.append(
        ["合计", "", "", "", sum(room[4] for room in ROOMS), sum(room[5] for room in ROOMS), *[""] * 6]
    )
    return rows

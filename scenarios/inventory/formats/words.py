"""The fields of the record in the words of Chinese offices, with English beside them.

Such lists follow no published columns: these are the headers met in practice.
"""

from __future__ import annotations

from .form import Column

SITE = Column(
    "site", ("site", "站点", "园区", "数据中心", "所在地", "data centre", "data center", "location")
)
ROOM = Column(
    "room",
    (
        "room",
        "机房名称",
        "机房",
        "所在机房",
        "存放地点",
        "存放位置",
        "放置地点",
        "使用地点",
        "安装地点",
        "机房位置",
        "machine room",
    ),
)
DEPARTMENT = Column(
    "department",
    (
        "department",
        "使用部门",
        "主管部门",
        "使用单位",
        "所属单位",
        "单位名称",
        "主管单位",
        "部门",
        "单位",
        "所属部门",
        "责任部门",
        "建设单位",
        "申请单位",
        "管理部门",
        "业务主管部门",
        "owner",
        "agency",
    ),
)
LEVEL = Column("admin_level", ("admin_level", "行政级别", "行政层级", "层级", "级别", "administrative level"))
SYSTEM = Column(
    "system",
    (
        "system",
        "系统名称",
        "信息系统名称",
        "应用系统名称",
        "业务系统名称",
        "应用名称",
        "业务系统",
        "所属系统",
        "信息系统",
        "应用系统",
        "application",
        "system name",
    ),
)
SERVER = Column(
    "server",
    (
        "server",
        "服务器名称",
        "主机名",
        "主机名称",
        "虚拟机名称",
        "云主机名称",
        "设备名称",
        "服务器",
        "server name",
        "hostname",
        "machine name",
        "name",
        "vm name",
        "计算机名",
    ),
)
ADDRESS = Column(
    "addresses",
    (
        "addresses",
        "IP地址",
        "IP",
        "内网IP",
        "管理IP",
        "业务IP",
        "ip address",
        "ip addresses",
        "address",
        "主机IP",
    ),
)
IDS = (
    Column("uuid", ("uuid", "vm uuid")),
    Column("smbios_uuid", ("smbios_uuid",)),
    Column("machine_id", ("machine_id",)),
    Column(
        "asset_id",
        (
            "asset_id",
            "资产编号",
            "资产编码",
            "固定资产编号",
            "设备编号",
            "资产号",
            "卡片编号",
            "序列号",
            "asset tag",
            "serial number",
        ),
    ),
)
SIZES = (
    Column(
        "vcpu",
        (
            "vcpu",
            "CPU核数",
            "vCPU数量",
            "vCPU核数",
            "CPU(核)",
            "CPU",
            "核数",
            "CPU数量(核)",
            "处理器核数",
            "CPU总核数",
            "cores",
            "cpus",
            "vcpus",
            "cpu cores",
        ),
    ),
    Column("sockets", ("sockets", "CPU路数", "CPU颗数", "路数")),
    Column("mem_gb", ("mem_gb", "内存", "内存容量", "内存大小", "memory", "ram", "memory size"), unit="gb"),
    Column(
        "disk_gb",
        (
            "disk_gb",
            "存储",
            "存储容量",
            "硬盘",
            "硬盘容量",
            "磁盘",
            "磁盘容量",
            "存储空间",
            "数据盘",
            "disk",
            "storage",
            "disk size",
        ),
        unit="gb",
    ),
    Column(
        "disk_used_gb",
        ("disk_used_gb", "已用存储", "已用磁盘", "磁盘已用", "存储已用", "disk used"),
        unit="gb",
    ),
)
USE = (
    Column(
        "cpu_avg",
        (
            "cpu_avg",
            "CPU平均利用率",
            "CPU利用率",
            "CPU使用率",
            "CPU平均使用率",
            "cpu utilization",
            "cpu usage",
        ),
        auto=True,
    ),
    Column("cpu_p95", ("cpu_p95", "CPU95分位", "CPU P95", "CPU 95分位利用率"), auto=True),
    Column(
        "cpu_max",
        ("cpu_max", "CPU峰值利用率", "CPU峰值", "CPU最高利用率", "CPU峰值使用率", "cpu peak"),
        auto=True,
    ),
    Column(
        "mem_avg", ("mem_avg", "内存平均利用率", "内存利用率", "内存使用率", "memory utilization"), auto=True
    ),
    Column("mem_max", ("mem_max", "内存峰值利用率", "内存峰值"), auto=True),
)
PURCHASE = (
    Column(
        "purchase_date",
        (
            "purchase_date",
            "购置日期",
            "购置时间",
            "采购日期",
            "购买日期",
            "取得日期",
            "入账日期",
            "投用时间",
            "启用日期",
            "购入日期",
            "投入使用日期",
            "purchase date",
            "in service date",
        ),
    ),
    Column(
        "price_cny",
        (
            "price_cny",
            "原值",
            "资产原值",
            "账面原值",
            "购置金额",
            "采购金额",
            "价值",
            "金额",
            "购置价格",
            "price",
            "original value",
        ),
        unit="元",
    ),
)
MODEL = (
    Column("model", ("model", "品牌型号", "规格型号", "型号", "设备型号", "品牌及型号", "厂商型号")),
    Column(
        "cpu_model", ("cpu_model", "CPU型号", "处理器型号", "处理器", "cpu model", "cpu string", "processor")
    ),
    Column(
        "category",
        ("category", "资产类别", "类别", "资产分类", "设备类型", "分类", "asset class", "资产类型"),
    ),
    Column("quantity", ("quantity", "数量", "台数", "设备数量", "qty", "count")),
)
SECURITY = (
    Column(
        "mlps",
        (
            "mlps",
            "等保级别",
            "等级保护级别",
            "等保等级",
            "安全等级",
            "等保定级",
            "安全保护等级",
            "定级",
            "信息安全等级保护级别",
        ),
    ),
    Column("classified", ("classified", "是否涉密", "涉密", "是否涉密系统", "涉密情况")),
    Column(
        "zone",
        (
            "zone",
            "网络区",
            "部署网络",
            "网络区域",
            "网络类型",
            "所在网络",
            "部署区域",
            "接入网络",
            "network zone",
            "所属网络",
        ),
    ),
)
STATE = (
    Column("os", ("os", "操作系统", "操作系统版本", "operating system", "os name")),
    Column(
        "power_state",
        ("power_state", "电源状态", "运行状态", "状态", "power state", "使用状态", "powerstate"),
    ),
    Column("virtual", ("virtual", "是否虚拟机", "是否虚拟", "is virtual", "物理机/虚拟机", "是否虚拟化")),
    Column("host", ("host", "宿主机", "物理主机", "所在宿主机")),
    Column("cluster", ("cluster", "集群", "所属集群")),
    Column("environment", ("environment", "环境", "运行环境", "用途")),
    Column("tags", ("tags", "标签")),
)
LINE = (
    Column(
        "line_mbps",
        ("line_mbps", "专线带宽", "带宽", "出口带宽", "线路带宽", "互联网带宽", "line bandwidth"),
        unit="mbps",
    ),
    Column(
        "line_cny_per_month",
        ("line_cny_per_month", "专线月租", "专线费用", "线路费用", "专线租费", "月租费", "专线月租费"),
        unit="元/月",
    ),
)
STAFF = Column(
    "staff_fte",
    ("staff_fte", "运维人员", "运维人数", "运维人员数", "专职人员", "人员数量", "管理人员数", "staff"),
)
DUE = Column(
    "upgrade_due",
    (
        "upgrade_due",
        "计划更新时间",
        "更新日期",
        "计划报废日期",
        "到期日期",
        "预计更新时间",
        "报废日期",
        "upgrade due",
    ),
)
FACILITY = (
    Column(
        "size_class",
        ("size_class", "机房等级", "机房类型", "机房规模", "规模", "机房级别", "size class", "room class"),
    ),
    Column(
        "ups_kw",
        ("ups_kw", "UPS容量", "UPS功率", "UPS", "UPS总容量", "UPS额定容量", "ups capacity"),
        unit="kw",
    ),
    Column("it_kw", ("it_kw", "IT负荷", "IT功率", "设备功率", "IT负载", "设备总功率", "it load"), unit="kw"),
    Column("pue", ("pue", "PUE值", "电能利用效率")),
    Column("area_m2", ("area_m2", "面积", "机房面积", "建筑面积", "area"), unit="m2"),
    Column(
        "operations_cny_per_year",
        ("operations_cny_per_year", "年运维费用", "运维费用", "机房运维费用", "年运维费", "运维费"),
        unit="元/年",
    ),
    Column("rack_count", ("rack_count", "机柜数", "机柜数量", "机架数", "机架数量", "racks", "机柜")),
)
COUNTS = (
    Column(
        "servers",
        (
            "servers",
            "服务器数量",
            "服务器台数",
            "设备台数",
            "服务器数",
            "物理服务器数量",
            "虚拟机数量",
            "服务器总数",
        ),
    ),
    Column("users", ("users", "用户数", "用户数量", "注册用户数", "使用人数")),
    Column(
        "data_gb", ("data_gb", "数据量", "数据总量", "数据存储量", "存量数据量", "data volume"), unit="gb"
    ),
)

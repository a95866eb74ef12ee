"""What names, categories, models and tags let guess of a machine: words in both languages.

Latin words count as wholes (``srv-old-01`` is old, ``goldmine`` is not); of databases the ending does too
(``oadb``). Chinese words count wherever they stand. Category, model and tags say what a thing is; a name is
only what somebody called it, so it makes nothing an appliance by a Latin word.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from .reasons import bits

_LATIN: dict[str, str] = {
    "tied_to_device": "dongle ukey usbkey hsm fax modem hasp smartcard cardreader",
    "legacy_architecture": "sparc itanium ppc powerpc mainframe zseries aix hpux",
    "domestic_architecture": "kunpeng taishan phytium loongson loongarch sunway aarch",
    "gpu": "gpu gpus nvidia cuda quadro",
    "shared_disk": "rac mscs wsfc",
    "database": "oracle mysql mariadb sqlserver mssql postgres postgresql pgsql mongo mongodb sybase "
    "informix dameng kingbase gbase oceanbase tidb redis database hana",
    "name_retired": "old obsolete decom decommissioned retired deprecated unused todelete abandoned",
    "name_test": "test testing tst dev develop development uat sit poc demo sandbox staging training",
    "name_backup": "backup bak bkp bck",
}
_CHINESE: dict[str, str] = {
    "tied_to_device": "加密机|密码机|签名验签|加密狗|加密卡|密码卡|U盾|传真|短信猫|采集卡|语音卡|读卡器",
    "legacy_architecture": "小型机|大型机|安腾",
    "domestic_architecture": "鲲鹏|泰山服务器|飞腾|龙芯|申威",
    "gpu": "显卡|图形处理|图形工作站",
    "shared_disk": "双机|共享存储|共享磁盘|故障转移",
    "database": "数据库|达梦|金仓|南大通用|神舟通用",
    "appliance": "防火墙|交换机|路由器|网闸|负载均衡|堡垒机|入侵检测|入侵防御|上网行为",
    "name_retired": "停用|报废|废弃|弃用|下线|待删|已迁移|闲置",
    "name_test": "测试|开发|演示|试用|培训",
    "name_backup": "备份|备机|灾备",
}
# CPU and model texts write these as more than a word.
_MODEL = (
    (
        "legacy_architecture",
        re.compile(
            r"\bpower ?(?:[4-9]|1[01])\+?\b|\bibm power\b|\bpowerpc|\bppc64|\bultrasparc|\bsparc|\bitanium|"
            r"\bia-?64\b|\bz ?series|\bsystem ?[pz]\b|\bs/390|\bas/?400|\bpa-?risc|\bintegrity\b|安腾"
        ),
    ),
    (
        "domestic_architecture",
        re.compile(
            r"kunpeng|鲲鹏|taishan|泰山|phytium|飞腾|\bft-?[12][05]|loongson|龙芯|loongarch|\b3[abc]5000|申威|sunway|"
            r"aarch64|\barm(?:64|v8)?\b"
        ),
    ),
    ("gpu", re.compile(r"nvidia|\btesla [kmpvt]|\bgpu\b|quadro")),
)
_SERVER = re.compile(r"服务器|主机|系统|平台|server")
_LATIN_WORD = re.compile("[a-z]+")
_WORDS = {word: bits(code) for code, words in _LATIN.items() for word in words.split()}
_APPLIANCES = (
    "firewall router switch loadbalancer bigip fortigate fortinet netscaler ngfw waf sslvpn hillstone"
)
_APPLIANCE_WORDS = frozenset(_APPLIANCES.split())
_CHINESE_WORDS = {
    word.casefold(): bits(code) for code, words in _CHINESE.items() for word in words.split("|")
}
_ANY_CHINESE = re.compile("|".join(sorted(_CHINESE_WORDS, key=len, reverse=True)))
_MOST_READ = 200  # characters: what a thing is stands at the beginning
_DATABASE, _APPLIANCE = bits("database"), bits("appliance")


def of_name(name: str) -> int:
    """Reasons that a name of a machine or system gives, as bits."""
    folded = name[:_MOST_READ].casefold()
    found = 0
    for word in _LATIN_WORD.findall(folded):
        found |= _of_word(word)
    return found if name.isascii() else found | _of_chinese(folded)


@lru_cache(maxsize=50_000)
def of_description(text: str) -> int:
    """Reasons that a category, a model, a tag or a purpose gives, as bits."""
    found = of_name(text)
    folded = text[:_MOST_READ].casefold()
    if not _APPLIANCE_WORDS.isdisjoint(_LATIN_WORD.findall(folded)) and not _SERVER.search(folded):
        found |= _APPLIANCE
    return found


@lru_cache(maxsize=50_000)
def of_hardware(text: str) -> int:
    """Reasons that the text of a processor or a model gives, as bits."""
    folded = unicodedata.normalize("NFKC", text[:_MOST_READ]).casefold()
    return sum(bits(code) for code, pattern in _MODEL if pattern.search(folded))


@lru_cache(maxsize=200_000)
def _of_word(word: str) -> int:
    known = _WORDS.get(word, 0)
    return known or (_DATABASE if word.endswith("db") and len(word) < 12 else 0)


def _of_chinese(folded: str) -> int:
    found = 0
    for word in _ANY_CHINESE.findall(folded):
        found |= _CHINESE_WORDS[word]
    if found & _APPLIANCE and _SERVER.search(folded):
        found &= ~_APPLIANCE  # a server that looks after switches
    return found

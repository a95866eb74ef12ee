"""A scenario in which everything that anybody may write freely would do harm if it were more than text.

Each text ends in a number in brackets, (n17), so that it can be found again wherever it stands.
"""

from __future__ import annotations

import csv
import io
from itertools import count
from pathlib import Path
from typing import Any

import yaml

from roomfold.scenarios import load, resolved_yaml

from ..scenarios.listed import small

ADDRESS = "127.0.0.1:9"  # a request to it is a leak
PAYLOADS = (
    "<script>window.harmed=1</script>",
    "\"><img src=x onerror='window.harmed=2'>",
    "' onmouseover='window.harmed=3' autofocus onfocus='window.harmed=3' x='",
    "</title></style></script><svg onload='window.harmed=4'><!--",
    f"]]><iframe src='http://{ADDRESS}/a'></iframe><base href='http://{ADDRESS}/'>",
    f'=HYPERLINK("http://{ADDRESS}/b","click")',
    f'=WEBSERVICE("http://{ADDRESS}/c")',
    "=cmd|' /C calc'!A0",
    "+1+cmd|' /C calc'!A0",
    "-2+3+SUM(1,1)",
    "@SUM(1+1)",
    "＝1+1",
    "\t=1+1",
    f"http://{ADDRESS}/d",
    "javascript:window.harmed=5",
    "file:///etc/passwd",
    f"\\\\{ADDRESS}\\share",
    "{{ 7*7 }} {% include '/etc/passwd' %} ${7*7} #{7*7}",
    '#eval("1+1") #read("/etc/passwd") #image("/etc/passwd") $x$ `raw` @ref <label>',
    "$\\frac{1}{2}$ \\input{/etc/passwd} %n %s {0.__class__} {} {x!r}",
    "&xxe; &lt;b&gt; &#x3c;b&#x3e; %26",
    'INCLUDETEXT "/etc/passwd" { DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe "/k calc" }',
    "*bold* _under_ [link](javascript:alert(1)) ![x](http://127.0.0.1:9/e) # head",
    "a: b, [c], {d}, & e, *f, !!python/object/apply:os.system ['true'], --- ...",
)
FREE = {"source", "cpu", "what"}  # free where they stand in a scenario, if they hold a text
NAMES = "R1 R2 R3 Finance Health Budget Tax Clinic Secret Archive own vm1 vm2 vm3 vm4 h1 one idle due peak"


def hostile_scenario(folder: Path) -> Path:
    """The small listed estate of the tests, every title, note, source and name a payload; its file."""
    number = count()

    def payload() -> str:
        n = next(number)
        return f"{PAYLOADS[n % len(PAYLOADS)]} (n{n})"

    def armed(value: Any, key: str = "", within: str = "") -> Any:
        if isinstance(value, dict):
            return {k: armed(v, k, key) for k, v in value.items()}
        if isinstance(value, list):
            return [armed(item, key, within) for item in value]
        free = key in FREE or within in ("title", "summary", "what", "curves")
        return payload() if free and isinstance(value, str) else value

    names = {name: payload().replace("\t", "") for name in NAMES.split()}
    tables = [_renamed(text, names) for text in (small.ROOMS, small.SYSTEMS, small.SERVERS)]
    path = small.write(folder, *tables)
    tree = armed(yaml.safe_load(resolved_yaml(load(path))))
    for table in ("rooms", "systems", "servers"):
        tree["estate"]["listed"] |= {table: f"estate/{table}.csv", f"{table}_sha256": None}
    path.write_text(yaml.safe_dump(tree, sort_keys=False, allow_unicode=True, width=1000), "utf-8")
    return path


def _renamed(table: str, names: dict[str, str]) -> str:
    """A table with other names."""
    out = io.StringIO(newline="")
    rows = csv.reader(io.StringIO(table))
    csv.writer(out).writerows([names.get(cell, cell) for cell in row] for row in rows)
    return out.getvalue()

"""The bill of materials names what is pinned and shipped, the same each time, and keeps to its schema."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def bill() -> str:
    command = [sys.executable, str(ROOT / ".ci" / "sbom")]
    made = [subprocess.run(command, check=True, capture_output=True).stdout for _ in range(2)]
    assert made[0] == made[1]
    return made[0].decode()


def test_every_pin_is_there_with_its_hashes(bill: str) -> None:
    found: Any = json.loads(bill)
    text = (ROOT / "requirements.txt").read_text("utf-8")
    libraries = [c for c in found["components"] if c["type"] == "library"]
    pinned = re.findall(r"^([\w.-]+)==([^\s;]+)", text, flags=re.MULTILINE)
    assert [(c["name"], c["version"]) for c in libraries] == pinned
    hashes = [h["content"] for c in libraries for h in c["externalReferences"][0]["hashes"]]
    assert hashes == re.findall(r"sha256:([0-9a-f]{64})", text)
    unsaid = [c["name"] for c in libraries if not c.get("licenses")]
    assert not [name for name in unsaid if find_spec(name.replace("-", "_"))], (
        "installed here, so it says one"
    )


def test_what_is_shipped_is_there(bill: str) -> None:
    found: Any = json.loads(bill)
    files = {c["name"]: c for c in found["components"] if c["type"] != "library"}
    assert files
    for name, component in files.items():
        assert component["hashes"][0]["content"] == sha256((ROOT / name).read_bytes()).hexdigest()
    fonts = [p for p in (ROOT / "reports").rglob("*") if p.suffix in (".ttf", ".otf", ".woff", ".woff2")]
    assert {p.relative_to(ROOT).as_posix() for p in fonts} <= set(files), "another font came in"


def test_it_keeps_to_the_schema(bill: str) -> None:
    found: Any = json.loads(bill)
    refs = {c["bom-ref"] for c in found["components"]} | {found["metadata"]["component"]["bom-ref"]}
    assert len(refs) == len(found["components"]) + 1
    assert {d["ref"] for d in found["dependencies"]} <= refs
    assert {r for d in found["dependencies"] for r in d["dependsOn"]} <= refs
    assert "timestamp" not in bill and str(ROOT) not in bill
    validation = pytest.importorskip("cyclonedx.validation.json", reason="cyclonedx-bom is not installed")
    schema = pytest.importorskip("cyclonedx.schema")
    assert validation.JsonStrictValidator(schema.SchemaVersion.V1_6).validate_str(bill) is None

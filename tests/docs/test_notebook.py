"""The notebook does what it shows: its cells run from top to bottom and print what is stored with them.

After a change of results

    python tests/docs/test_notebook.py

runs it again and stores what comes out.
"""

from __future__ import annotations

import io
import json
import re
import tempfile
from base64 import b64encode
from contextlib import chdir, redirect_stdout
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import pytest

NOTEBOOK = Path(__file__).parents[2] / "docs" / "researchers.ipynb"
ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")


def read() -> dict[str, Any]:
    """The notebook as it is stored."""
    found: dict[str, Any] = json.loads(NOTEBOOK.read_text("utf-8"))
    return found


def run(notebook: dict[str, Any], folder: Path) -> dict[str, list[dict[str, Any]]]:
    """The outputs of each cell of code, by its id, as Jupyter would store them."""
    names: dict[str, Any] = {"__name__": "__main__"}
    made: dict[str, list[dict[str, Any]]] = {}
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        printed = io.StringIO()
        with chdir(folder), redirect_stdout(printed):
            exec(compile("".join(cell["source"]), cell["id"], "exec"), names)
        lines = printed.getvalue().splitlines(keepends=True)
        outputs = [{"name": "stdout", "output_type": "stream", "text": lines}] if lines else []
        made[cell["id"]] = outputs + [_shown(number) for number in plt.get_fignums()]
        plt.close("all")
    return made


def _shown(number: int) -> dict[str, Any]:
    """A figure that is open, as an output."""
    kept = io.BytesIO()
    plt.figure(number).savefig(kept, format="png", dpi=100, metadata={"Software": None})
    data = {"image/png": b64encode(kept.getvalue()).decode(), "text/plain": ["<figure>"]}
    return {"data": data, "metadata": {}, "output_type": "display_data"}


@pytest.mark.usefixtures("searched")
def test_the_notebook_prints_what_is_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plt, "show", lambda: None)
    notebook = read()
    made = run(notebook, tmp_path)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            told = [_text(output) for output in cell["outputs"]]
            assert told == [_text(output) for output in made[cell["id"]]], cell["id"]


def _text(output: dict[str, Any]) -> str:
    """What an output says; of pictures, only that there is one, since they differ with libraries."""
    return "".join(output["text"]) if output["output_type"] == "stream" else "picture"


def test_the_notebook_is_one() -> None:
    """What nbformat 4.5 asks for, and nothing that belongs to one machine."""
    notebook = read()
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(set(ids)) == len(ids)
    assert all(ID.fullmatch(one) for one in ids)
    text = json.dumps([cell["outputs"] for cell in notebook["cells"] if cell["cell_type"] == "code"])
    assert not re.search(r"/tmp|/home|\\\\Users|seconds", text)
    assert all(cell["execution_count"] is None for cell in notebook["cells"] if "outputs" in cell)


def rewrite() -> None:
    """Store what comes out today."""
    plt.show = lambda: None
    notebook = read()
    with tempfile.TemporaryDirectory() as folder:
        made = run(notebook, Path(folder))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = made[cell["id"]]
    NOTEBOOK.write_text(json.dumps(notebook, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    rewrite()

"""Inputs of one target guided by coverage, with atheris: ``python -m tests.fuzz.guided TARGET SEED COUNT``.

Atheris mutates one file of a set, by ``mutate`` or by its own means, and keeps what reaches new code.
"""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path
from random import Random

import atheris


def _left_alone() -> list[str]:
    """Modules of the planner but those that read: numba cannot compile functions that are watched."""
    found = find_spec("roomfold")
    assert found is not None and found.submodule_search_locations  # it is a package
    root = Path(found.submodule_search_locations[0])
    files = (file.relative_to(root).with_suffix("") for file in root.glob("optimize/**/*.py"))
    return [".".join(("roomfold", *file.parts)) for file in files if "instances" not in file.parts]


# The branches of all others count; they must be imported under its eyes, before anything else imports them.
with atheris.instrument_imports(include=["roomfold"], exclude=_left_alone(), enable_loader_override=False):
    import roomfold.optimize.instances
    import roomfold.scenarios.draw
    import roomfold.scenarios.inventory
    import roomfold.scenarios.loader
    import roomfold.scenarios.traces  # noqa: F401  # the targets import them only when they run

    from .mutate import Files, mutated
    from .targets import TARGETS
    from .worker import limit_time, tried

WORDS = ("0", "1", "nan", "VM", "名称", "2014-01-01")


def main() -> None:
    """Hand over to libFuzzer, which ends the process."""
    limit_time()
    name, seed, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    target = TARGETS[name]
    sets = [*target.whole()]
    corpus = Path(os.environ["FUZZ_STATE"]) / "corpus"
    corpus.mkdir()
    for number, files in enumerate(sets):
        main_file = max(files, key=lambda file: len(files[file]))
        (corpus / f"{number:03}").write_bytes(bytes([number]) + files[main_file])

    def one(data: bytes) -> None:
        """The first byte says which set, the rest is its largest file."""
        if not data:
            return
        files: Files = dict(sets[data[0] % len(sets)])
        files[max(files, key=lambda file: len(files[file]))] = bytes(data[1:])
        found, _ = tried(target, files)
        if isinstance(found, dict):
            raise AssertionError(f"{found['error']}\n{found['trace']}")

    def change(data: bytes, most: int, number: int) -> bytes:
        """Half the time damage that knows what files are made of."""
        rng = Random(number)
        if len(data) < 2 or rng.random() < 0.3:
            return bytes(atheris.Mutate(data, most))
        return (data[:1] + mutated({"": data[1:]}, rng, WORDS)[""])[:most]

    options = [f"-runs={count}", f"-seed={seed}", "-max_len=200000", "-timeout=60", "-rss_limit_mb=3000"]
    options += ["-len_control=0", f"-artifact_prefix={corpus.parent}/"]
    atheris.Setup([sys.argv[0], *options, str(corpus)], one, custom_mutator=change)
    atheris.Fuzz()


if __name__ == "__main__":
    main()

"""What scenarios there are, and whether one is sound."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import asdict, replace
from pathlib import Path

import click

from .language import spoken, user_language
from .options import allow_code_option, allow_files_option, json_option, sets_option, trust
from .printing import print_json, tell

MOST_NAMES = 6


@click.command("list")
@json_option
def list_scenarios(as_json: bool) -> None:
    """List the scenarios that come with roomfold."""
    from ..scenarios import library, load_any, variants_of

    scenarios = {name: load_any(name) for name in library()}
    overrides = {name: list(variants_of(name).overrides) for name in scenarios}
    claims = {name: [claim.id for claim in scenario.claims] for name, scenario in scenarios.items()}
    if as_json:
        rows = [
            {
                "name": name,
                "title_en": s.title.en,
                "title_zh": s.title.zh,
                "claims": claims[name],
                "overrides": overrides[name],
            }
            for name, s in scenarios.items()
        ]
        print_json(rows)
        return
    for name, s in scenarios.items():
        variants = f"  @{' @'.join(overrides[name])}" if overrides[name] else ""
        tell(f"{name:<20} {s.title.en}  {s.title.zh}  [{_few(claims[name])}]{variants}")


def _few(names: list[str]) -> str:
    """The names, or how many there are if that is shorter to read."""
    return ", ".join(names) if len(names) <= MOST_NAMES else f"{len(names)} claims"


@click.command()
@click.argument("scenario")
@click.option("--fix", is_flag=True, help="Rewrite renamed fields in the file first; nothing else changes.")
@sets_option
@allow_code_option
@allow_files_option
@json_option
def check(
    scenario: str,
    fix: bool,
    overrides: tuple[str, ...],
    allow_code: bool,
    allow_files: tuple[Path, ...],
    as_json: bool,
) -> None:
    """Check a scenario: every problem at once, else what it assumes rather than knows.

    Code that it names is not loaded, but for --allow-code.
    """
    from ..scenarios import InputError, Scenario, assumptions, load_any, own_code, variants_of
    from ..scenarios.check import table
    from ..scenarios.variants import joined, split

    fixed: dict[str, object] = {}
    allowed = trust(allow_code, allow_files)
    allowed = allowed if allow_code else replace(allowed, code="named")
    try:
        if fix:
            fixed = {"fixed": _fix(scenario, quiet=as_json)}
        for variant in variants_of(scenario).overrides:
            load_any(joined(split(scenario)[0], [variant]), overrides, allowed)
        loaded = load_any(scenario, overrides, allowed)
        code = own_code(loaded)
        if allow_code and isinstance(loaded, Scenario) and loaded.demand.model is not None:
            from ..sim.workload import named_class

            named_class(loaded.demand.model, loaded.demand.model_sha256)
        rows = assumptions(loaded)
    except InputError as error:
        if not as_json:
            raise
        problems = [asdict(problem) for problem in error.problems]
        print_json({"valid": False, **fixed, "problems": problems})
        sys.exit(error.exit_code)
    if as_json:
        found = {"valid": True, **fixed, "assumptions": [asdict(row) for row in rows]}
        print_json({**found, "code": [asdict(one) for one in code]} if code else found)
        return
    listed = table(rows, shutil.get_terminal_size().columns if sys.stdout.isatty() else 0)
    *lines, counted = listed.split("\n")
    tell("\n".join([*lines, spoken(counted, user_language())]))
    for one in () if allow_code else code:
        tell(spoken(f"not loaded, would need --allow-code: {one}", user_language()), err=True)
    tell(spoken(f"{scenario}: valid", user_language()))


def _fix(scenario: str, *, quiet: bool) -> list[dict[str, object]]:
    """Rewrite the files of a scenario where fields are renamed, and say what was changed and what was not."""
    from ..scenarios import library
    from ..scenarios.fix import fixes
    from ..scenarios.variants import split
    from ..sim.durable import write_durably

    if split(scenario)[0] in library():
        raise click.UsageError("--fix is for a file of your own, not for a scenario of the library.")
    found = fixes(scenario)
    for path, data in found.files.items():
        write_durably(path.resolve(), [data])
    if not quiet:
        language = user_language()
        for problem in found.left:
            tell(replace(problem, message=spoken(problem.message, language)), err=True)
        for made in found.made:
            tell(spoken(str(made), language))
        if not found.made:
            tell(spoken(f"{scenario}: no field is renamed", language))
    return [asdict(made) for made in found.made]


@click.command()
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write, in UTF-8.")
def schema(out: Path | None) -> None:
    """Print the JSON Schema of scenario files, for editors."""
    from ..scenarios.json_schema import schema_json
    from ..sim.durable import write_asked

    if out is None:
        print_json(schema_json())
        return
    text = json.dumps(schema_json(), ensure_ascii=False, indent=2) + "\n"
    write_asked(out, text.encode())
    tell(out)

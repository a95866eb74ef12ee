"""Files of the challenge: start costs to the last digit, and faults with their place."""

from __future__ import annotations

import csv
import tarfile
from pathlib import Path

import numpy as np
import pytest

from roomfold.optimize.reassign import broken_rules, cost_of, lower_bound, read, read_all
from roomfold.scenarios.errors import InputError

MODEL = """\
2
1 30
0 10
2
0 0 30 60 8 80 0 1
5 9 12 100 9 100 1 0
2
2 0
1 1 0
3
0 12 10 1000
0 10 20 100
1 4 30 1
1
0 1 20
7
1 10 100
"""


def _written(folder: Path, model: str = MODEL, assignment: str = "0 1 0") -> tuple[Path, Path]:
    paths = folder / "model_x.txt", folder / "assignment_x.txt"
    for path, text in zip(paths, (model, assignment), strict=True):
        path.write_text(text, "utf-8")
    return paths


def test_start_costs_and_bounds_of_the_challenge(reference_data: Path) -> None:
    folder = reference_data / "packing"
    with (folder / "roadef_known.csv").open(encoding="utf-8") as file:
        known = {row["instance"]: row for row in csv.DictReader(file)}
    instances = read_all(folder / "roadef_A.tar.gz")
    assert [i.name for i in instances] == sorted(known)
    for instance in instances:
        row = known[instance.name]
        assert instance.processes == int(row["processes"])
        assert cost_of(instance, instance.start).total == int(row["original_cost"])
        assert not broken_rules(instance, instance.start)
        assert lower_bound(instance) <= int(row["best_known_found"] or row["challenge_best_recalled"])


def test_a_cost_worked_out_by_hand(tmp_path: Path) -> None:
    instance = read(*_written(tmp_path))
    assert instance.name == "x"
    assert instance.neighbourhoods.tolist() == [0, 1]
    start = cost_of(instance, instance.start)
    # Load: 30 (16 - 8) on machine 0, 30 (10 - 9) on machine 1.
    # Balance: 20 (30 - 16) - (60 - 40) = 260 on machine 0; 20 (12 - 10) - (100 - 20) < 0 on machine 1.
    assert (start.load, start.balance) == (270, 7 * 260)
    assert start.process_moves + start.service_moves + start.distance == 0
    moved = cost_of(instance, np.array([1, 0, 0]))
    assert (moved.process_moves, moved.service_moves, moved.distance) == (1100, 20, 200)


def test_rules_broken_by_hand(tmp_path: Path) -> None:
    instance = read(*_written(tmp_path))
    assert broken_rules(instance, instance.start) == []
    assert broken_rules(instance, np.array([0, 0, 1])) == [
        "machine 1: resource 0 is needed 14 times and there are 12",
        "service 0: 2 processes on machine 0",
        "service 0: in 1 locations instead of 2",
        "service 1: in neighbourhood 1 without service 0",
    ]
    # Resource 0 is transient: what left machine 1 still holds 10 of its 12.
    assert broken_rules(instance, np.array([1, 0, 0])) == [
        "machine 1: resource 0 is needed 22 times and there are 12"
    ]


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ("1 30\n", "1 x\n", 2, "'x' where a whole number was expected"),
        ("1 30\n", "2 30\n", 2, "resources[0].transient: is 2 and must be from 0 to 1"),
        ("0 12 10 1000", "2 12 10 1000", 11, "processes[0].service: is 2 and must be from 0 to 1"),
        ("0 12 10 1000", "0 12 10 -1", 11, "'-1' where a whole number was expected"),
        ("1 1 0\n", "1 1 7\n", 9, "services[1].needs: is 7 and must be from 0 to 1"),
        ("1 10 100\n", "1 10\n", 17, "move weights: the file ends here"),
        ("1 10 100\n", "1 10 100\n\n5\n", 19, "end: 1 numbers too many"),
        ("1 30\n", "1 3000000000000000000000\n", 2, "where a whole number was expected"),
        ("1 30\n", "1 300000000000000000\n", 0, "costs may exceed"),
    ],
)
def test_faults_of_a_model_are_named_with_their_place(
    tmp_path: Path, old: str, new: str, line: int, what: str
) -> None:
    model, assignment = _written(tmp_path, MODEL.replace(old, new, 1))
    with pytest.raises(InputError) as caught:
        read(model, assignment)
    (problem,) = caught.value.problems
    assert (problem.file, problem.line) == (str(model), line)
    assert what in str(problem)


@pytest.mark.parametrize(
    ("start", "what"),
    [
        ("0 1", "machine: the file ends here"),
        ("0 1 2", "machine: is 2 and must be from 0 to 1"),
        ("0 1 0 0", "1 numbers too many"),
        ("0 1 1", "the running state breaks a rule: machine 1: resource 0"),
        ("0 0 0", "the running state breaks a rule: service 0: 2 processes on machine 0"),
    ],
)
def test_faults_of_a_running_state(tmp_path: Path, start: str, what: str) -> None:
    model, assignment = _written(tmp_path, assignment=start)
    with pytest.raises(InputError, match="assignment_x") as caught:
        read(model, assignment)
    assert what in str(caught.value)


def test_an_archive_without_instances_or_none_at_all(tmp_path: Path) -> None:
    model, _ = _written(tmp_path)
    with pytest.raises(InputError, match="no readable archive"):
        read_all(model)
    for members, what in ([], "holds no model"), ([model], "no assignment_x.txt beside it"):
        path = tmp_path / "some.tar.gz"
        with tarfile.open(path, "w:gz") as archive:
            for member in members:
                archive.add(member, member.name)
        with pytest.raises(InputError, match=what):
            read_all(path)

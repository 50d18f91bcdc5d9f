"""What a change changes, as far as it is known."""

import json
from dataclasses import replace

import pytest

from ci_mlops.flows.changed import changed_parts
from ci_mlops.flows.judge import judge
from ci_mlops.flows.predict import predict
from ci_mlops.flows.train import train
from ci_mlops.records import Model, Package, ResolvedEnvironment, TrainedModel
from ci_mlops.report import render
from ci_mlops.report.changes import differing
from tests.flows.loans import found_team, git
from tests.flows.rules import CONFIG, found_rules

PARAMETERS = CONFIG.replace(
    "  run: python train.py\n", "  run: python train.py\n  parameters: {depth: 6, kind: gini, old: 1}\n"
)


def made_of(role, **parts):
    return TrainedModel(
        role=role,
        name="loans",
        model=Model(digest="sha256:" + "0" * 64, path="model", kind="file", size=1),
        fingerprint="f",
        origin="registry" if role == "champion" else "trained",
        commit=None,
        environment="e",
        parts=tuple(parts.items()),
    )


@pytest.mark.parametrize(
    ("champion", "told"),
    [
        (made_of("champion", code="a", run="r"), {"code": True, "run": False}),
        (made_of("champion"), {"code": None, "run": None}),
        (made_of("champion", run="r"), {"code": None, "run": False}),
        (None, {"code": True, "run": True}),
    ],
    ids=["a champion of base", "a version that tells nothing", "a version that tells a part", "no champion"],
)
def test_a_part_is_changed_the_same_or_not_known(tmp_path, champion, told):
    project = found_team(tmp_path).project()
    parts = changed_parts(project, made_of("candidate", code="b", run="r"), champion)

    assert {part.part: part.changed for part in parts} == {**told, "data.test": False}


def items(part):
    return {item.name: (item.champion, item.candidate) for item in part.items}


def test_what_differs_is_told_by_name(tmp_path):
    """Parameters, packages, columns and rows of the training data, and files of code, from a whole run."""
    team = found_rules(tmp_path, config=PARAMETERS)
    team.write("features/late.py", "MONTHS = 3\n")
    team.write("notes.md", "words\n")
    team.replace("train.py", "SHARE = 0.6", "SHARE = 0.7")
    team.commit("One")
    team.replace("ci-mlops.yml", "depth: 6, kind: gini, old: 1", "depth: 8, kind: gini, new: true")
    place = team.folder / "data" / "train.csv"
    head, *lines = place.read_text().splitlines()
    place.write_text("\n".join((f"{head},late", *(f"{line},1" for line in lines[:50]))) + "\n")
    team.pin()
    team.commit("Two")

    train(team.tools, team.project(), team.output)
    predict(team.tools, team.project(), team.output)
    verdict = judge(team.tools, team.project(), team.output)

    told = {part.part: part for part in verdict.changed}
    assert items(told["parameters"]) == {"depth": ("6", "8"), "old": ("1", None), "new": (None, "true")}
    assert items(told["columns"]) == {"late": (None, "")}
    assert (told["columns"].champion, told["columns"].candidate) == ("4", "5")
    assert (told["data.train"].champion_rows, told["data.train"].candidate_rows) == (80, 50)
    assert (told["data.test"].champion_rows, told["data.test"].candidate_rows) == (600, 600)
    assert items(told["code"]) == {"features/late.py": (None, ""), "train.py": ("", "")}
    # the change began with a commit of its own
    assert told["code"].commits == 3
    report = render(verdict, "markdown")
    assert "code (2 files), training data, 1 training column, 3 parameters" in report
    assert "added `features/late.py`, changed `train.py`, in 3 commits" in report
    assert "| `depth`\u00a06, `old`\u00a01 | `depth`\u00a08, `new`\u00a0`true` |" in report
    assert "| 4 | 5: added `late` |" in report


def test_packages_that_moved_are_told_with_their_versions(tmp_path):
    def environment(python, **versions):
        packages = tuple(Package(name=name, version=version) for name, version in versions.items())
        return ResolvedEnvironment(source="r.txt", declared="0", python=python, packages=packages)

    before = made_of("champion", environment="a")
    after = made_of("candidate", environment="b")
    champion = replace(before, resolved=environment("3.11", numpy="1.26.4", old="1.0", same="2"))
    candidate = replace(after, resolved=environment("3.12", numpy="2.0.1", new="3.0", same="2"))
    project = found_team(tmp_path).project()

    told, _ = changed_parts(project, candidate, champion)
    unknown, _ = changed_parts(project, replace(after, resolved=None), champion)

    assert items(told) == {
        "python": ("3.11", "3.12"),
        "numpy": ("1.26.4", "2.0.1"),
        "old": ("1.0", None),
        "new": (None, "3.0"),
    }
    assert differing(told).startswith(": ")
    assert unknown.items == ()


@pytest.mark.parametrize("commit", ["--output=stolen", "HEAD; touch stolen", "0" * 40, "", None])
def test_a_commit_that_is_none_or_is_not_here_tells_no_file(tmp_path, commit):
    project = found_team(tmp_path).project()
    champion = replace(made_of("champion", code="a"), commit=commit)

    code, _ = changed_parts(project, made_of("candidate", code="b"), champion)

    assert (code.changed, code.items, code.commits) == (True, (), None)
    assert not list(tmp_path.rglob("stolen"))


@pytest.mark.parametrize("text", ["", "{", "[1]", "[" * 100_000, "7"])
def test_a_hand_over_with_broken_settings_tells_none_of_them(tmp_path, text):
    project = found_team(tmp_path).project()

    told, _ = changed_parts(
        project, made_of("candidate", parameters='{"depth":8}'), made_of("champion", parameters=text)
    )

    assert items(told) == {"depth": (None, "8")}


def test_a_clone_that_is_cut_off_tells_files_and_no_commits(tmp_path):
    team = found_rules(tmp_path)
    team.replace("train.py", "SHARE = 0.6", "SHARE = 0.7")
    team.commit()
    git(tmp_path, "clone", "-q", "--depth", "3", "--no-single-branch", f"file://{team.folder}", "clone")
    project = replace(team, folder=tmp_path / "clone").project()
    assert project.base is not None
    champion = replace(made_of("champion", code="a"), commit=project.base.commit)

    code, _ = changed_parts(project, made_of("candidate", code="b"), champion)

    assert (items(code), code.commits) == ({"train.py": ("", "")}, None)


def test_only_so_many_are_listed(tmp_path):
    project = found_team(tmp_path).project()
    many = json.dumps({f"p{number}": number for number in range(200)})

    told, _ = changed_parts(
        project, made_of("candidate", parameters=many), made_of("champion", parameters="{}")
    )

    assert (len(told.items), told.left_out) == (50, 150)

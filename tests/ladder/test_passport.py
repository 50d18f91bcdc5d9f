"""A passport as a value: of a model of several files, and of the same facts the same bytes."""

import json
from dataclasses import replace

import pytest

from ci_mlops.files.digest import sum_of_sums
from ci_mlops.ladder.passport import statement, why_refused
from tests.report.test_card import papers as card_papers

FILES = (("config.json", "1" * 64), ("weights/part-1.bin", "2" * 64))


@pytest.fixture
def papers():
    made = card_papers()
    digest = f"sha256:{sum_of_sums(FILES)}"
    tags = {**made.version.tags, "ci_mlops.verdict_digest": made.verdict.verdict_digest}
    version = replace(made.version, digest=digest, tags=tags)
    return replace(made, version=version, kind="folder", files=FILES, head="sha256:head")


def test_the_files_of_a_folder_are_its_subjects_and_their_sum_is_the_judged_model(papers):
    payload = statement(papers)

    assert [one["name"] for one in json.loads(payload)["subject"]] == ["config.json", "weights/part-1.bin"]
    assert why_refused(payload, papers.version, {"sha256:head"}) == ""
    assert statement(papers) == payload


@pytest.mark.parametrize(
    "files", [FILES[:1], (*FILES, ("more.bin", "3" * 64)), (("renamed.json", "1" * 64), FILES[1])]
)
def test_one_file_more_or_less_or_under_another_name_is_another_model(papers, files):
    payload = statement(replace(papers, files=files))

    assert why_refused(payload, papers.version, {"sha256:head"}) == "it is about another model"


def test_approvals_waivers_moves_and_what_got_worse_travel_in_it(papers):
    told = json.loads(statement(papers))["predicate"]

    assert told["approvals"] == [
        {"by": "carla", "environment": "production", "comment": "", "stage": "production"}
    ]
    assert [(one["kind"], one.get("stage")) for one in told["moves"]] == [
        ("registered", "staging"),
        ("promoted", "production"),
    ]
    assert told["environment"]["packages"] == ["numpy==2.1.0"]
    assert told["training"] == {
        "run": {"path": "model", "run": "python train.py"},
        "parameters": {"depth": 8},
    }
    assert told["verdict"]["cost"] == {"unit": "EUR", "champion": 10.63, "candidate": 8.0}
    assert told["verdict"]["slices"]["measured"] == 3

"""What a change changes, as far as it is known."""

import pytest

from ci_mlops.flows.judged import changed_parts
from ci_mlops.records import Model, TrainedModel
from tests.flows.loans import found_team


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

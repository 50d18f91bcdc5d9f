"""Models in folders: whole or absent, and never taken for what they are not."""

import json
import os
import time

import pytest

from ci_mlops.errors import BadData, TrainingFailed
from ci_mlops.flows import store
from ci_mlops.records import TrainedModel


@pytest.fixture
def source(tmp_path):
    file = tmp_path / "model.bin"
    file.write_text("weights")
    return file


def card_of(source, tmp_path):
    model = store.copy_model(source, tmp_path / f"copy-{time.monotonic_ns()}")
    return TrainedModel(
        role="candidate",
        name="loans",
        model=model,
        fingerprint="f",
        origin="trained",
        commit=None,
        environment="e",
    )


def test_what_was_put_is_got(tmp_path, source):
    card = card_of(source, tmp_path)
    store.put(card, source, tmp_path / "place")

    assert store.get(tmp_path / "place") == (card, tmp_path / "place" / "model" / "model.bin")
    assert store.get(tmp_path / "elsewhere") is None


def test_a_model_takes_the_place_of_another(tmp_path, source):
    store.put(card_of(source, tmp_path), source, tmp_path / "room" / "place")
    source.write_text("other weights")
    card = card_of(source, tmp_path)
    store.put(card, source, tmp_path / "room" / "place")

    assert store.get(tmp_path / "room" / "place")[0] == card
    assert [left.name for left in (tmp_path / "room").iterdir()] == ["place"]


def test_a_model_that_changes_while_it_is_copied_is_refused_and_leaves_nothing(tmp_path, source):
    card = card_of(source, tmp_path)
    source.write_text("still being written")

    with pytest.raises(BadData, match="changed while it was copied"):
        store.put(card, source, tmp_path / "room" / "place")
    assert list((tmp_path / "room").iterdir()) == []


CARDS = {"card": "{", "nested": '{"later": ' + "[" * 200_000}


@pytest.mark.parametrize("damage", [*CARDS, "nul", "bytes", "gone"])
def test_damage_is_told(tmp_path, source, damage):
    place = tmp_path / "place"
    store.put(card_of(source, tmp_path), source, place)
    if damage == "nul":
        told = json.loads((place / "model.json").read_text())
        told["model"]["path"] = "model\0"
        (place / "model.json").write_text(json.dumps(told))
    elif damage in CARDS:
        (place / "model.json").write_text(CARDS[damage])
    elif damage == "bytes":
        (place / "model" / "model.bin").write_text("weighty")
    else:
        (place / "model" / "model.bin").unlink()

    with pytest.raises(BadData) as caught:
        store.get(place)
    assert "ci-mlops train" in caught.value.mend


def test_something_that_is_no_file_can_not_be_a_model(tmp_path):
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(TrainingFailed, match="can't be copied"):
        store.copy_model(tmp_path / "pipe", tmp_path / "copy")


def test_what_a_killed_run_left_is_swept_and_what_another_writes_is_not(tmp_path):
    (tmp_path / ".tmp-left").mkdir()
    store.sweep(tmp_path, older_than=60)
    assert (tmp_path / ".tmp-left").exists()
    store.sweep(tmp_path)

    assert not (tmp_path / ".tmp-left").exists()


@pytest.mark.parametrize(
    ("target", "said"),
    [(".", "loop is a link that leads in a circle"), ("/", "loop leads out of"), ("gone", "leads nowhere")],
)
def test_a_link_that_no_copy_can_follow_is_told_in_plain_words(tmp_path, target, said):
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "weights").write_text("1")
    (tmp_path / "model" / "loop").symlink_to(target)

    with pytest.raises(TrainingFailed, match=said) as caught:
        store.copy_model(tmp_path / "model", tmp_path / "copy")
    assert len(caught.value.what) < 200

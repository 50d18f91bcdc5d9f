"""The model card: the facts that somebody needs who takes a model over, and nothing of anybody's that comes alive."""

from dataclasses import replace

import pytest

from ci_mlops.records import (
    Approval,
    AuditEvent,
    FilePin,
    Lock,
    Model,
    Package,
    ResolvedEnvironment,
    Skip,
    TrainedModel,
    Version,
)
from ci_mlops.records.passport import Papers
from ci_mlops.report.card import card, card_text
from ci_mlops.report.numbers import number
from ci_mlops.report.terminal import to_text
from tests.report import inert, verdicts
from tests.report.payloads import PAYLOADS, poisoned

DIGEST = "sha256:" + "ab" * 32
TAGS = {
    "ci_mlops.commit": "a41c9e2f" + "0" * 32,
    "ci_mlops.environment": "sha256:" + "51" * 32,
    "ci_mlops.fingerprint": "cd" * 32,
    "ci_mlops.threshold": "0.31",
    "ci_mlops.positive": "defaults",
}


def papers(verdict=None):
    events = (
        AuditEvent(
            id="1", kind="registered", at="2026-03-01T10:00:00.000+00:00", previous="", version="8", digest=DIGEST,
            stage="staging", verdict="passed", change="#412", actor="anna",
        ),
        AuditEvent(
            id="2", kind="promoted", at="2026-03-02T10:00:00.000+00:00", previous="", version="8", digest=DIGEST,
            stage="production", replaces="7", verdict="passed", actor="bert", reason="for the spring",
            approvals=(Approval(by="carla", environment="production"),),
        ),
    )  # fmt: skip
    return Papers(
        version=Version(name="credit-default", number="8", digest=DIGEST, tags=TAGS),
        verdict=verdict or verdicts.passed(),
        kind="folder",
        files=(("weights.bin", "1" * 64), ("vocabulary.json", "2" * 64)),
        lock=Lock(
            data={"train": (FilePin(path="data/train.csv", sha256="3" * 64, size=9, rows=18420),)},
            environment=ResolvedEnvironment(
                source="requirements.txt", declared="4" * 64, python="3.11", packages=(Package(name="numpy", version="2.1.0"),)
            ),
        ),
        lock_digest="5" * 64,
        card=TrainedModel(
            role="candidate", name="credit-default", model=Model(digest=DIGEST, path="model", kind="folder", size=9),
            fingerprint="cd" * 32, origin="trained", commit=None, environment="",
            parts=(("run", '{"path":"model","run":"python train.py"}'), ("parameters", '{"depth":8}')),
        ),
        events=events,
        head="",
    )  # fmt: skip


def test_the_card_says_what_it_is_for_how_good_where_it_ends_and_how_it_is_made_again():
    text = card_text(papers())

    headings = [line.removeprefix("### ") for line in text.splitlines() if line.startswith("### ")]
    assert headings == [
        "`credit-default`, version `8`",
        "How good it is",
        "Where it ends",
        "What it was made of",
        "How to use it",
        "Who let it up",
    ]
    for said in (
        "Says which class a row is of",
        "Its verdict: **`passed`** on 2026-11-23: all 4 rules hold",
        "| ✅ | **Expected cost** per decision",
        f"| `train` | `data/train.csv` | {number(18420)} | `3333333333333333` |",
        "commit `a41c9e2f0000`",
        "1 package for Python `3.11`, from `requirements.txt`",
        "`run` = `python train.py`, `depth` = `8`",
        "`ci-mlops reproduce 8`",
        '`mlflow.pyfunc.load_model("models:/credit-default/8")`',
        "`weights.bin`, `vocabulary.json`",
        "**It decides** for `defaults` from a score of `0.31` on",
        "| `bert`; `carla` approved | `passed`, for the spring |",
    ):
        assert said in text


def test_what_is_not_shown_is_told_among_the_limits():
    verdict = replace(verdicts.undecided(), skips=(Skip(what="roc_auc", reason="no scores"),))
    lacking = replace(papers(verdict), card=None, lock=replace(papers().lock, environment=None))
    limits = card_text(lacking).split("### Where it ends")[1].split("###")[0]

    assert "was left out: no scores" in limits
    assert "Its packages are not pinned" in limits
    assert "What its training was told is not known" in limits
    assert any(gate.reason[:30] in limits for gate in verdict.gates if gate.status == "undecided")


@pytest.mark.parametrize(
    "verdict", [verdicts.first_report, verdicts.first_model, verdicts.regression, verdicts.captured]
)
def test_every_kind_of_verdict_makes_a_card(verdict):
    inert.check_markdown(card_text(papers(verdict())), comments=0)


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda one: one.name)
def test_nothing_that_anybody_wrote_comes_alive_in_it(payload):
    poison = poisoned(papers(verdicts.blocked()), payload.text)
    named = replace(poison.version, tags=dict.fromkeys(TAGS, payload.text))
    poison = replace(poison, version=named)

    inert.check_markdown(card_text(poison), comments=0)
    inert.check_terminal(to_text(card(poison), width=80, colour=True), colour=True)

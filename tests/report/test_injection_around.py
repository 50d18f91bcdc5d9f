"""What is written around verdicts, and for several of them at once, is as safe as a verdict."""

from dataclasses import replace

import pytest

from ci_mlops.records import Change
from ci_mlops.report.begun import begins, begun, ended, waits
from ci_mlops.report.publication import publication
from ci_mlops.report.several import together
from ci_mlops.report.waived import waived_publication
from tests.report import azure, inert, verdicts
from tests.report.payloads import PAYLOADS, poisoned

every_payload = pytest.mark.parametrize("payload", PAYLOADS, ids=lambda one: one.name)
CHANGE = azure.seen_from_azure(verdicts.passed()).change


def harmed(payload):
    for name in ("blocked", "not_evaluated", "passed"):
        verdict = poisoned(verdicts.ALL[name](), payload.text)
        yield replace(verdict, change=replace(verdict.change, run_url="")) if verdict.change else verdict


@every_payload
def test_several_models_in_one_comment(payload):
    told = list(harmed(payload))
    here, there = together(told, Change(platform="github", event="pull_request")), together(told, CHANGE)

    inert.check_markdown(here.comment, comments=0)
    inert.check_azure(there.comment, comments=0)
    inert.check_terminal(here.description)


@every_payload
def test_the_one_who_waives_a_verdict(payload):
    told = waived_publication(publication(next(harmed(payload))), payload.text)

    inert.check_markdown(told.comment, comments=1)
    inert.check_terminal(told.description)


@every_payload
@pytest.mark.parametrize(
    "says", [begins, waits, lambda model, change: ended(model, change, "It was cancelled.")]
)
def test_what_is_said_on_the_way(payload, says):
    change = Change(platform="github", event="pull_request", head=payload.text, run_url=payload.text)
    told = says(payload.text, change)

    inert.check_markdown(told.comment, comments=0)
    inert.check_terminal(told.description)


@every_payload
def test_an_old_report_below_a_new_head(payload):
    old = publication(next(harmed(payload))).comment.rsplit("\n<!-- ", 1)[0]
    told = begun("### ⏳ Evaluating `3f2c7d0` …", old, sha="91ab0c4", largest=65_000)
    seen = inert.github(told)

    assert seen.tags <= inert.OURS | {"hr"}
    assert not inert.ALIVE.search("".join(seen.outside))


def test_the_address_of_a_run_is_a_link_on_both_platforms():
    for url in (azure.RUN, "https://github.example/bank/credit/actions/runs/8817"):
        told = begins("credit", Change(platform="", event="pull_request", run_url=url))
        assert ("a", "href", url) in inert.github(told.comment).attributes

"""Azure DevOps' Markdown, where it is not GitHub's."""

import re
from dataclasses import replace

import pytest

from ci_mlops.records import Change
from ci_mlops.report import render
from ci_mlops.report.publication import publication
from tests.report import azure, verdicts

REFERENCE = re.compile(r"[#!]\d|@<")


def test_the_platform_of_the_change_decides_whose_markdown_it_is():
    told = publication(azure.seen_from_azure(verdicts.blocked()))
    on_github = publication(verdicts.blocked())

    assert "<details>" in told.comment
    assert "<details>" not in told.summary
    assert "#### **Errors and what they cost**" in told.summary
    assert "<details>" in on_github.summary
    # a verdict that was judged on one platform is told on the other as that one writes
    moved = publication(verdicts.blocked(), change=Change(platform="azure", event="pull_request"))
    assert "<details>" not in moved.summary


@pytest.mark.parametrize("reference", ["#12", "!34", "@<0e4c6f7e-1111-2222-3333-444455556666>", "x!1#2"])
@pytest.mark.parametrize("field", ["model", "slice", "notice"])
def test_no_name_or_sentence_is_a_reference_even_as_it_was_sent(reference, field):
    v = azure.seen_from_azure(verdicts.blocked())
    if field == "model":
        v = replace(v, model=reference)
    elif field == "slice":
        v = replace(v, gates=tuple(replace(gate, slice=reference) for gate in v.gates))
    else:
        v = replace(v, notices=(f"see {reference} of yesterday",))
    told = publication(v)
    sent = re.sub(r"(?m)^<!-- .* -->$", "", told.comment)

    assert not REFERENCE.search(sent)
    assert not REFERENCE.search(told.summary)
    if field != "model":
        assert reference[:1] + "\u2060" in sent or reference == "x!1#2"


def test_a_marker_is_written_as_it_will_be_looked_for():
    v = replace(azure.seen_from_azure(verdicts.blocked()), model="#12 !3 @<x>")
    last = publication(v).comment.rstrip().splitlines()[-1]

    assert last.startswith("<!-- ci-mlops:report:v1 model=%2312%20%213%20%40%3Cx%3E ")


def test_the_address_of_a_run_on_azure_is_shown_and_a_crooked_one_is_not():
    good = azure.seen_from_azure(verdicts.passed())
    bad = replace(good, change=replace(good.change, run_url=azure.RUN + "&x=](javascript:alert(1))"))

    assert f"Run log: {azure.RUN}\n" in render(good, "azure")
    assert "Run log" not in render(bad, "azure")

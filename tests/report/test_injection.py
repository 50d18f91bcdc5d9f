"""Every payload, in every string of every kind of verdict, through every renderer: it stays text."""

import json
import re
from dataclasses import fields, is_dataclass, replace

import pytest

from ci_mlops.platforms.azure import commands as agent
from ci_mlops.platforms.github.commands import annotation_command, output_lines
from ci_mlops.records import Annotation, DrillSummary, Skip, Tool, Verdict
from ci_mlops.records.drill import Drill, DrilledRule, Sabotaged
from ci_mlops.report import decode, encode, render
from ci_mlops.report.drill_rendering import render_drill
from ci_mlops.report.publication import publication
from tests.report import azure, inert, verdicts
from tests.report.payloads import PAYLOADS, poisoned
from tests.report.test_expected import ALL

FULLEST = ("blocked", "not_evaluated", "contaminated")
FULL = [name for name in ALL if name not in FULLEST]

AZURE = azure.seen_from_azure(verdicts.passed()).change

every_payload = pytest.mark.parametrize("payload", PAYLOADS, ids=lambda one: one.name)


def check(verdict):
    """Through everything that shows a verdict."""
    told = publication(verdict)
    # the one address that we let come alive is the run's, and the CI tells it
    nowhere = replace(verdict, change=replace(verdict.change, run_url="") if verdict.change else None)
    on_azure = publication(nowhere, change=AZURE)
    inert.check_markdown(publication(nowhere).comment, comments=1)
    inert.check_markdown(publication(nowhere).summary, comments=0)
    inert.check_azure(on_azure.comment, comments=1)
    inert.check_azure(on_azure.summary, comments=0)
    inert.check_terminal(render(verdict, "terminal", width=60, colour=True), colour=True)
    check_json(verdict)
    check_outputs(told.outputs)
    check_agent(told)
    for annotation in told.annotations:
        check_annotation(annotation)
    inert.check_terminal(told.description)
    assert "\n" not in told.description


def check_json(verdict):
    text = render(verdict, "json")
    inert.check_log(text)
    assert json.loads(text) == json.loads(encode(verdict))
    assert decode(text.encode()).verdict == verdict.verdict


def check_outputs(outputs):
    """As the runner reads its file: a name, a word that ends the value, the value."""
    lines, read = iter(output_lines(outputs).splitlines()), {}
    for line in lines:
        name, _, word = line.partition("<<")
        value = []
        while (next_line := next(lines)) != word:
            value.append(next_line)
        read[name] = "\n".join(value)
    assert set(read) == set(outputs)
    assert read["verdict"] in ("", "passed", "blocked", "undecided", "not_applicable", "not_evaluated")
    for value in read.values():
        inert.check_terminal(value)
        assert "\n" not in value


def check_annotation(annotation):
    """As the runner reads a command: one line, and each property where it was put."""
    line = annotation_command(annotation)
    assert len(line.splitlines()) == 1
    head, message = line.removeprefix("::").split("::", 1)
    level, _, given = head.partition(" ")
    assert level in ("error", "warning")
    assert {one.partition("=")[0] for one in given.split(",") if one} <= {"file", "line", "title"}
    inert.check_terminal(message)


AGENT = re.compile(r"##vso\[(?P<action>[\w.]+)(?: (?P<properties>(?:\w+=[^;\]]*;)*))?\](?P<data>.*)")


def check_agent(told):
    """As Azure's agent reads a line: one command, its properties, and all the rest is data."""
    lines = [*agent.output_commands(told.outputs), *map(agent.annotation_command, told.annotations)]
    for line in [*lines, *agent.tag_commands(told.tags)]:
        read = AGENT.fullmatch(line)
        assert read, line
        assert read["action"] in ("task.setvariable", "task.logissue", "build.addbuildtag")
        inert.check_terminal(read["data"])
    outputs = [AGENT.fullmatch(line)["properties"] for line in lines[: len(told.outputs)]]
    names = [f"variable={name.replace('-', '_')};isOutput=true;" for name in told.outputs]
    assert outputs == names


@every_payload
def test_a_payload_in_every_string_of_every_verdict_stays_text(payload):
    for name in FULLEST:
        check(poisoned(ALL[name](), payload.text))


@pytest.mark.parametrize("name", FULL)
def test_every_other_kind_of_verdict_takes_all_payloads_in_turn(name):
    verdict = ALL[name]()
    for payload in PAYLOADS[::4]:
        check(poisoned(verdict, payload.text))


@pytest.mark.parametrize("payload", PAYLOADS[::4], ids=lambda one: one.name)
def test_one_string_at_a_time_beside_ordinary_ones(payload):
    """Where all is strange, half of the report is not reached."""
    verdict = verdicts.blocked()
    for field in fields(Verdict):
        value = getattr(verdict, field.name)
        whole = poisoned(verdict, payload.text)
        if value != getattr(whole, field.name):
            one = replace(verdict, **{field.name: getattr(whole, field.name)})
            inert.check_markdown(render(replace(one, change=None), "github"), comments=1)
            inert.check_terminal(render(one, "terminal"))


def test_the_poison_reaches_every_string_of_a_verdict():
    def strings(value):
        if is_dataclass(value):
            for field in fields(value):
                yield from strings(getattr(value, field.name))
        elif isinstance(value, tuple | list):
            for one in value:
                yield from strings(one)
        elif isinstance(value, dict):
            yield from strings([*value, *value.values()])
        elif isinstance(value, str):
            yield value

    left = set(strings(poisoned(verdicts.blocked(), "POISON"))) - {"POISON"}

    assert {one for one in left if not one.startswith("POISON")} <= {
        *("ci-mlops/verdict/v1", "blocked", "broken", "held", "block", "warn", "process", "pull_request"),
        *("max_regression", "improve", "min", "registry", "trained", "classification", "each"),
    }


V = verdicts.blocked()
DRILL = Drill(
    model="credit",
    task="classification",
    source="the champion, registered as version 7",
    rows=2140,
    metric="recall",
    champion=0.8,
    summary=DrillSummary(sabotages=2, harmful=1, stopped=1),
    reason="a rule is decoration",
    doubts=("these rows are few",),
    exit_code=1,
    sabotages=(
        *(
            Sabotaged(
                name="inverted", title="Answers inverted on {}", about="region = north", intent="harm", fate=fate,
                reason="worse", changed=9, harmful=True, effect=V.measurements[0], gates=V.gates, stopped_by=(0,),
                worse=("recall",), lost=("roc_auc",), disagreements=("recall: held, and broken",),
            )
            for fate in ("stopped", "not_stopped", "unwatched")
        ),
    ),
    rules=(
        DrilledRule(
            number=0, text="recall >= 0.8", severity="block", where="ci-mlops.yml:9", stopped=("inverted",),
            alone=("inverted",), undefined=("inverted",),
        ),
        DrilledRule(number=1, text="precision >= 0.1", severity="block", decoration=True),
    ),
    left_out=(Skip(what="Labels shuffled", reason="there are none"),),
    tool=Tool(version="1.4.0"),
)  # fmt: skip


@every_payload
def test_a_drill_is_as_safe_as_a_verdict(payload):
    drill = poisoned(DRILL, payload.text)
    inert.check_markdown(render_drill(drill, "markdown"), comments=0)
    inert.check_terminal(render_drill(drill, "terminal"))
    inert.check_log(render_drill(drill, "json"))


@every_payload
def test_a_warning_of_the_platform_is_one_command(payload):
    line = annotation_command(
        Annotation(level="warning", title=payload.text, message=payload.text, file=payload.text, line=1)
    )

    assert "\n" not in line
    assert "\r" not in line

"""Compile time: what the service refuses is refused here, and text that comes out of an expression stays text."""

from textwrap import dedent

import pytest

from tests.azure.errors import PipelineRefused
from tests.azure.expand import expand
from tests.azure.expressions import evaluate


@pytest.fixture
def files(tmp_path):
    """`files({"main.yml": ...}, parameters)` -> the expanded main.yml; `@other` names lie in the other repository."""

    def expanded(texts, parameters=None, variables=None):
        for name, text in texts.items():
            path, _, alias = name.partition("@")
            file = tmp_path / (alias or "self") / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(dedent(text))
        repositories = {"self": tmp_path / "self", "other": tmp_path / "other"}
        return expand(repositories, "main.yml", parameters, variables)

    return expanded


def commands(document):
    return [step["bash"] for step in document["steps"]]


TYPED = """\
parameters:
  - {name: size, type: number}
  - {name: kind, type: string, default: one, values: [one, two]}
  - {name: quick, type: boolean, default: "false"}
steps:
  - bash: size ${{ parameters.size }}, ${{ parameters.kind }}, ${{ parameters.quick }}
"""


def test_parameters_have_types_defaults_and_allowed_values(files):
    assert commands(files({"main.yml": TYPED}, {"size": "4"})) == ["size 4, one, False"]
    assert commands(files({"main.yml": TYPED}, {"size": 2.5, "kind": "TWO", "quick": "true"})) == [
        "size 2.5, TWO, True"
    ]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "A value for the 'size' parameter must be provided"),
        ({"size": "many"}, "'size' parameter is not a valid number"),
        ({"size": "1", "kind": "three"}, "'kind' parameter value 'three' is not one of: one, two"),
        ({"size": "1", "quick": "yes"}, "'quick' parameter is not a valid boolean"),
        ({"size": "1", "kind": ["one"]}, "'kind' parameter is not a valid string"),
        ({"size": "1", "sizes": "1"}, "Unexpected parameter 'sizes'"),
    ],
)
def test_a_wrong_parameter_is_refused(files, given, says):
    with pytest.raises(PipelineRefused, match=says):
        files({"main.yml": TYPED}, given)


def test_if_elseif_else_each_and_insert_make_lists_and_mappings(files):
    text = """\
    parameters:
      - {name: way, type: string, default: b}
      - {name: names, type: object, default: [x, y]}
      - {name: more, type: object, default: {COLOR: red}}
    steps:
      - ${{ if eq(parameters.way, 'a') }}:
          - bash: a
      - ${{ elseif eq(parameters.way, 'b') }}:
          - bash: b
      - ${{ else }}:
          - bash: c
      - ${{ each name in parameters.names }}:
          - bash: loop ${{ name }}
            env:
              ${{ insert }}: ${{ parameters.more }}
              ${{ each pair in parameters.more }}:
                MY_${{ pair.key }}: ${{ upper(pair.value) }}
              ${{ if eq(name, 'y') }}:
                LAST: "1"
    """
    first, *loops = files({"main.yml": text})["steps"]

    assert first == {"bash": "b"}
    assert loops == [
        {"bash": "loop x", "env": {"COLOR": "red", "MY_COLOR": "RED"}},
        {"bash": "loop y", "env": {"COLOR": "red", "MY_COLOR": "RED", "LAST": "1"}},
    ]
    assert commands(files({"main.yml": text}, {"way": "z", "names": []})) == ["c"]


CALLER = """\
resources:
  repositories:
    - {repository: other, type: git, name: project/other, ref: refs/tags/v1}
"""


def test_templates_of_another_repository_find_each_other_where_they_lie(files):
    inner = """\
    parameters:
      - {name: steps, type: stepList}
      - {name: word, type: string}
    steps:
      - ${{ each step in parameters.steps }}:
          - ${{ each pair in step }}:
              ${{ pair.key }}: ${{ pair.value }}
      - bash: inner ${{ parameters.word }}
    """
    document = files(
        {
            "main.yml": CALLER
            + "jobs:\n  - template: jobs/one.yml@other\n    parameters: {steps: [{bash: mine, displayName: Mine}, {bash: yours}]}\n",
            "jobs/one.yml@other": """\
            parameters: [{name: steps, type: stepList}]
            jobs:
              - job: one
                steps:
                  - template: ../steps/inner.yml
                    parameters: {steps: "${{ parameters.steps }}", word: hello}
            """,
            "steps/inner.yml@other": inner,
        }
    )

    assert document["jobs"][0]["steps"] == [
        {"bash": "mine", "displayName": "Mine"},
        {"bash": "yours"},
        {"bash": "inner hello"},
    ]


def test_extends_fills_a_pipeline_and_leaves_room_for_nothing_else(files):
    texts = {
        "main.yml": CALLER + "extends: {template: whole.yml@other, parameters: {word: hello}}\n",
        "whole.yml@other": "parameters: [{name: word}]\nstages: [{stage: a, jobs: [{job: b, steps: [{bash: '${{ parameters.word }}'}]}]}]\n",
    }
    assert files(texts)["stages"][0]["jobs"][0]["steps"] == [{"bash": "hello"}]

    texts["main.yml"] += "steps: [{bash: mine as well}]\n"
    with pytest.raises(PipelineRefused, match="one of stages, jobs and steps is needed"):
        files(texts)


def test_what_an_expression_gives_is_never_read_for_expressions(files):
    text = "parameters: [{name: word}]\nsteps: [{bash: echo, env: {WORD: '${{ parameters.word }}'}}]\n"
    evil = "${{ parameters.secret }} $(touch PWN) `id`"

    assert files({"main.yml": text}, {"word": evil})["steps"][0]["env"]["WORD"] == evil


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("steps: [{bash: '${{ parameters.nope }}'}]", "there is no parameter 'nope'"),
        ("steps: [{bash: '${{ nope(1) }}'}]", "unrecognized function 'nope'"),
        ("steps: [{bash: '${{ dependencies.a }}'}]", "unrecognized value 'dependencies'"),
        ("steps: [{bash: '${{ eq(1) }}'}]", "'eq' takes 2 to 2 arguments"),
        ("steps: [{bash: '${{ eq(1, 2 }}'}]", "',' is missing"),
        ("steps: [{bash: '${{ 1 2 }}'}]", "unexpected symbol '2'"),
        ("steps: [{bash: 'x ${{ 1'}]", "is not closed"),
        ("steps: [{bahs: x}]", "one of bash, script"),
        ("steps: [{bash: x, runs: y}]", "Unexpected value 'runs'"),
        ("steps: [{bash: x, target: {commands: few}}]", "'any' or 'restricted'"),
        ("steps: [{bash: x, name: a-b}]", "letters, digits and '_' alone"),
        ("steps: [{bash: x, name: a}, {bash: x, name: a}]", "appears more than once"),
        ("steps: [{bash: x}]\njobs: []", "one of stages, jobs and steps"),
        ("steps: [{bash: x}]\nsteps: [{bash: y}]", "'steps' is already defined"),
        ("steps: &a [{bash: x}]", "anchors and aliases"),
        ("steps: [{'${{ else }}': [{bash: x}]}]", "'else' follows no 'if'"),
        ("steps: [{template: x.yml@other}]", "no repository resource is called 'other'"),
        ("steps: [{template: x.yml}]", "file not found"),
        ("steps: [{template: ../../x.yml}]", "leads out of the repository"),
        ("steps: [{template: main.yml}]", "no more than 20 levels"),
        ("parameters: {a: b}\nsteps: [{bash: x}]", "declared as a list"),
        ("parameters: [{name: a, type: text}]\nsteps: [{bash: x}]", "unknown type 'text'"),
        ("jobs: [{deployment: a, steps: [{bash: x}]}]", "Unexpected value 'steps'"),
        (
            "resources: {repositories: [{repository: other, type: github, name: a/b}]}\nsteps: [{bash: x}]",
            "needs an 'endpoint'",
        ),
    ],
)
def test_what_is_not_known_is_an_error_that_says_where(files, text, says):
    with pytest.raises(PipelineRefused, match=says) as refused:
        files({"main.yml": text + "\n"})
    assert "main.yml" in str(refused.value) or "x.yml" in str(refused.value)


def test_a_hundred_files_are_enough(files):
    with pytest.raises(PipelineRefused, match="no more than 100 files"):
        files({"main.yml": "steps: [" + "{template: x.yml}, " * 100 + "]\n", "x.yml": "steps: [{bash: x}]\n"})


def test_a_template_stands_only_where_its_kind_does(files):
    with pytest.raises(PipelineRefused, match="included under 'steps' and holds"):
        files({"main.yml": "steps: [{template: x.yml}]\n", "x.yml": "jobs: [{job: a, steps: [{bash: x}]}]\n"})


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("and(eq('A', 'a'), ne(1, 2), not(false))", True),
        ("or(false, '')", False),
        ("xor(true, false)", True),
        ("in('b', 'A', 'B')", True),
        ("notIn('b', 'A', 'C')", True),
        ("format('{0}-{{{1}}}', 'a', 2)", "a-{2}"),
        ("coalesce('', variables['none'], 'last')", "last"),
        ("join(',', split('a;b', ';'))", "a,b"),
        ("contains('ABCDE', 'bcd')", True),
        ("startsWith('refs/heads/main', 'REFS/heads')", True),
        ("endsWith('ABC', 'x')", False),
        ("replace('aba', 'a', 'c')", "cbc"),
        ("length('abc')", 3),
        ("variables.reason", "Schedule"),
        ("variables['REASON']", "Schedule"),
        ("eq(variables['none'], '')", True),
        ("eq(true, 'true')", True),
        ("eq('1', 1)", True),
        ("gt(10, 9)", True),
        ("lt('a', 'B')", True),
        ("containsValue(list, 'Y')", True),
        ("join('', things.*.id)", "12"),
        ("'it''s'", "it's"),
        ("1.2.3", "1.2.3"),
    ],
)
def test_an_expression_gives_what_the_service_gives(expression, value):
    things = [{"id": "1"}, {"id": "2"}]
    named = {"variables": {"Reason": "Schedule"}, "list": ["x", "y"], "things": things}

    assert evaluate(expression, named) == value

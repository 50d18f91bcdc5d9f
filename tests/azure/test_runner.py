"""Run time: conditions, variables, logging commands and cancelling, as the agent treats them."""

import pytest

from tests.azure.errors import PipelineRefused


def results(ran):
    return {step.name: step.result for step in ran.steps}


def test_steps_run_under_their_conditions_after_a_failure(started):
    ran = started("""\
    steps:
      - {bash: exit 3, name: fails}
      - {bash: echo, name: default}
      - {bash: echo, name: always, condition: always()}
      - {bash: echo, name: failed, condition: failed()}
      - {bash: echo, name: either, condition: succeededOrFailed()}
      - {bash: echo, name: own, condition: "eq(variables['Build.Reason'], 'Manual')"}
      - {bash: echo, name: off, enabled: "false", condition: always()}
    """)

    assert results(ran) == {
        "checkout": "Succeeded",
        "fails": "Failed",
        "default": "Skipped",
        "always": "Succeeded",
        "failed": "Succeeded",
        "either": "Succeeded",
        "own": "Succeeded",
        "off": "Skipped",
    }
    assert (ran.result, ran.exit_code("fails")) == ("Failed", 3)


def test_a_script_goes_on_after_an_error_unless_it_says_otherwise(started):
    ran = started(
        "steps: [{bash: 'false; echo went on', name: a}, {bash: 'set -e; false; echo no', name: b}]\n"
    )

    assert "went on" in ran.log
    assert results(ran)["b"] == "Failed"


def test_variables_reach_scripts_as_macros_and_environment_but_secrets_do_not(started):
    ran = started("""\
    variables: {color: red}
    steps:
      - bash: |
          echo "##vso[task.setvariable variable=plain]a%3Bb"
          echo "##vso[task.setvariable variable=out;isOutput=true]c"
          echo "##vso[task.setvariable variable=hidden;isSecret=true]swordfish"
        name: sets
      - bash: echo "$(plain) $PLAIN $(sets.out) $SETS_OUT $COLOR $(Color) [$HIDDEN] $(hidden) [$SYSTEM_ACCESSTOKEN] $(nothing)"
      - bash: echo "mapped $TOKEN"; [ "$TOKEN" = ey.secret.token ] && echo right
        env: {TOKEN: $(System.AccessToken)}
      - {bash: echo, name: seen, condition: "eq(variables['sets.out'], 'C')"}
    """)

    assert "a;b a;b c c red red [] *** [] " in ran.log
    assert "mapped ***\nright" in ran.log
    assert "swordfish" not in ran.log.replace("isSecret=true]swordfish", "")
    assert ran.outputs["Job"] == {"sets.out": "c"}
    assert results(ran)["seen"] == "Succeeded"
    # what no variable is called stays, and the shell runs it
    assert ran.unresolved == ["$(nothing)"]


def test_a_restricted_step_sets_what_it_may_and_obeys_nothing_else(started, tmp_path):
    (tmp_path / "summary.md").write_text("forged")
    ran = started(f"""\
    steps:
      - bash: |
          echo "##vso[task.setvariable variable=code]1"
          echo "text before ##vso[task.setvariable variable=verdict;isOutput=true]passed"
          echo "##vso[task.setvariable variable=Build.Reason]PullRequest"
          echo "##vso[task.prependpath]/tmp/evil"
          echo "##vso[task.uploadsummary]{tmp_path}/summary.md"
          echo "##vso[build.addbuildtag]forged"
          echo "##vso[task.complete result=Succeeded]done"
          exit 1
        name: team
        target: {{commands: restricted, settableVariables: [code]}}
      - bash: echo "$(code) $BUILD_REASON"
        condition: always()
    """)

    assert ran.outputs["Job"] == {}
    assert (ran.summaries, ran.tags) == ([], [])
    assert "1 Manual" in ran.log
    assert len(ran.refused) == 5
    assert results(ran)["team"] == "Failed"


def test_commands_that_cannot_be_obeyed_fail_the_step(started):
    ran = started("""\
    steps:
      - {bash: 'echo "##vso[task.nothing]x"', name: unknown, continueOnError: "true"}
      - {bash: 'echo "##vso[task.uploadsummary]/no/such/file.md"', name: file, continueOnError: "true"}
      - {bash: 'echo "##vso[task.logissue type=odd]x"', name: issue, continueOnError: "true"}
      - {bash: 'echo "##vso[task.complete result=SucceededWithIssues]"', name: complete}
    """)

    assert set(results(ran).values()) == {"Succeeded", "SucceededWithIssues"}
    assert len(ran.errors()) == 3
    assert ran.result == "SucceededWithIssues"


def test_jobs_wait_for_each_other_and_ask_for_results_and_outputs(started):
    ran = started("""\
    jobs:
      - job: last
        dependsOn: [middle, skipped]
        condition: succeededOrFailed()
        variables:
          CODE: $[ dependencies.middle.outputs['sets.code'] ]
          RESULT: $[ dependencies.middle.result ]
          NOTHING: $[ dependencies.skipped.outputs['sets.code'] ]
        steps: [{checkout: none}, {bash: 'echo "code $(CODE) $(RESULT) [$(NOTHING)]"'}]
      - job: middle
        dependsOn: first
        steps:
          - {bash: 'echo "##vso[task.setvariable variable=code;isOutput=true]7"; exit 1', name: sets}
      - job: first
        steps: [{bash: echo}]
      - job: skipped
        dependsOn: middle
        steps: [{bash: echo}]
      - job: after
        dependsOn: last
        condition: succeeded('last')
        steps: [{bash: echo}]
    """)

    assert ran.jobs == {
        "first": "Succeeded",
        "middle": "Failed",
        "skipped": "Skipped",
        "last": "Succeeded",
        "after": "Succeeded",
    }
    assert "code 7 Failed []" in ran.log


STAGES = """\
stages:
  - stage: one
    jobs:
      - job: a
        steps: [{bash: 'echo "##vso[task.setvariable variable=code;isOutput=true]1"', name: sets}]
  - stage: waive
    dependsOn: one
    condition: eq(dependencies.one.outputs['a.sets.code'], '1')
    jobs:
      - deployment: waive
        environment: approval
        strategy: {runOnce: {deploy: {steps: [{bash: 'echo "##vso[task.setvariable variable=by;isOutput=true]her"', name: told}]}}}
  - stage: gate
    dependsOn: [one, waive]
    condition: always()
    jobs:
      - job: b
        variables:
          CODE: $[ stageDependencies.one.a.outputs['sets.code'] ]
          BY: $[ stageDependencies.waive.waive.outputs['waive.told.by'] ]
          WAIVED: $[ stageDependencies.waive.waive.result ]
        steps: [{bash: 'echo "code $(CODE) by [$(BY)] $(WAIVED)."'}]
"""


def test_an_environment_is_asked_before_its_stage_begins(started):
    approved = started(STAGES, approvals={"approval": True})
    refused = started(STAGES, approvals={"approval": False})

    assert approved.asked == ["approval"]
    assert "code 1 by [her] Succeeded." in approved.log
    assert refused.stages == {"one": "Succeeded", "waive": "Failed", "gate": "Succeeded"}
    assert "code 1 by [] Skipped." in refused.log
    with pytest.raises(PipelineRefused, match="'approval' does not exist"):
        started(STAGES)


def test_a_cancelled_run_goes_on_with_what_asks_for_it_alone(started):
    ran = started(
        """\
    jobs:
      - job: a
        steps:
          - {bash: 'echo now; sleep 30', name: long}
          - {bash: echo, name: default}
          - {bash: echo, name: either, condition: succeededOrFailed()}
          - {bash: echo cleaned up, name: always, condition: always()}
      - {job: b, dependsOn: a, condition: succeededOrFailed(), steps: [{bash: echo}]}
      - {job: c, dependsOn: a, condition: always(), steps: [{bash: echo told}]}
    """,
        cancel_at="now",
    )

    assert ran.result == "Canceled"
    assert ran.jobs == {"a": "Canceled", "b": "Skipped", "c": "Succeeded"}
    assert {
        name: result for name, result in results(ran).items() if name in ("default", "either", "always")
    } == {
        "default": "Skipped",
        "either": "Skipped",
        "always": "Succeeded",
    }
    assert "cleaned up" in ran.log


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "steps: [{bash: x, condition: 'eq(dependencies.a.result, 1)'}]",
            "unrecognized value 'dependencies'",
        ),
        (
            "jobs: [{job: a, condition: \"eq(dependencies.b.result, '')\", steps: [{bash: x}]}]",
            "no job in dependsOn 'b'",
        ),
        ("jobs: [{job: a, dependsOn: b, steps: [{bash: x}]}]", "waits for what never comes: a"),
        ("jobs: [{job: a, condition: maybe(), steps: [{bash: x}]}]", "unrecognized function 'maybe'"),
    ],
)
def test_conditions_may_look_only_at_what_is_there(started, text, says):
    with pytest.raises(PipelineRefused, match=says):
        started(text)


def test_a_task_that_is_not_known_fails(started):
    ran = started("steps: [{task: Odd@1}]\n")

    assert "the task 'Odd@1' is not known here" in ran.errors()[0].message

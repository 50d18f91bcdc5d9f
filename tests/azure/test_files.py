"""Run time: artifacts and checkouts."""


def test_artifacts_cross_from_job_to_job_once_under_a_name(started):
    ran = started("""\
    jobs:
      - job: a
        steps:
          - {task: PublishPipelineArtifact@1, name: first, inputs: {targetPath: file.txt, artifact: "kept-$(System.JobAttempt)"}}
          - {publish: file.txt, artifact: kept-1, name: again, continueOnError: "true"}
      - job: b
        dependsOn: a
        steps:
          - {task: DownloadPipelineArtifact@2, inputs: {artifactName: kept-1, targetPath: in}}
          - {bash: cat in/file.txt}
          - {task: DownloadPipelineArtifact@2, name: none, inputs: {artifactName: other, targetPath: in}}
    """)

    assert ran.jobs == {"a": "SucceededWithIssues", "b": "Failed"}
    assert "\nhello" in ran.log
    told = " ".join(issue.message for issue in ran.errors())
    assert "Artifact kept-1 already exists" in told
    assert "Artifact other was not found" in told


def test_two_checkouts_lie_side_by_side_unless_they_say_where(started):
    ran = started("""\
    steps:
      - {checkout: self}
      - {checkout: tools, path: tools}
      - {bash: 'ls "$SYSTEM_DEFAULTWORKINGDIRECTORY" "$PIPELINE_WORKSPACE/tools"'}
    """)

    assert "s:\nsource" in ran.log
    assert "file.txt" in ran.log.partition("/tools:")[2]

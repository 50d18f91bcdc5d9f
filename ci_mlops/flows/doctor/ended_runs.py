"""A workflow on `workflow_run` holds the right to write beside what a fork's run left: what may it do?"""

from collections.abc import Iterator

from ci_mlops.flows.doctor.check import Check, fine, problem
from ci_mlops.flows.doctor.workflows import Workflow

EVENT = "workflow_run"
COMMAND = "publish-run"
_CODE = 2
_MEND = "Copy templates/github/ci-mlops-publish.yml: it takes the default branch alone, and runs nothing of the change."


def of_ended_runs(flow: Workflow) -> Iterator[Check]:
    found = list(_problems(flow))
    yield from found
    if not found:
        yield fine(
            "ci.forks",
            "What forks may not say is told for information, and nothing of them is run.",
            flow.path,
        )


def _problems(flow: Workflow) -> Iterator[Check]:
    others = sorted(event for event in flow.events if event != EVENT)
    if others:
        yield _problem(
            f"It runs on `{EVENT}` and on `{others[0]}`: what one may do, the other may too.", flow.path
        )
    for job in flow.jobs:
        named = [given for given in job.checkouts if given.get("ref") or given.get("repository")]
        if named:
            yield _problem(
                f"On `{EVENT}` it checks out `{str(named[0].get('ref') or named[0].get('repository'))[:80]}`: code of "
                "a pull request would lie beside the right to write.",
                job.where,
            )
        runs = sorted(set(job.ours) - {"auto", COMMAND})
        if runs:
            yield _problem(
                f"On `{EVENT}` it runs `{runs[0]}`, which is not for a run that may write.", job.where
            )


def _problem(what: str, where: str) -> Check:
    return problem("ci.forks", what, exit_code=_CODE, where=where, mend=_MEND)

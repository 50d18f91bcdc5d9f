"""Stages that waited for an approval: the run's timeline, and who approved."""

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from tests.fakes.azure_plan import PROJECT, Answer, Identity, Refusal, need

if TYPE_CHECKING:
    from tests.fakes.azure import FakeAzure


def wait_for(azure: "FakeAzure", build: int, stage: str, *approvers: str) -> str:
    """A stage of the build that waited for these; nobody: it began by itself."""
    above, checkpoint, number = (f"{kind}-{stage}" for kind in ("stage", "checkpoint", "approval"))
    records = azure.timelines.setdefault(build, [])
    records.append({"id": above, "type": "Stage", "identifier": stage, "name": stage.title()})
    if approvers:
        records.append({"id": checkpoint, "parentId": above, "type": "Checkpoint"})
        records.append({"id": number, "parentId": checkpoint, "type": "Checkpoint.Approval"})
        steps = [{"actualApprover": {"displayName": name}, "status": "approved"} for name in approvers]
        azure.approvals[number] = {"id": number, "status": "approved", "steps": steps}
    return number


def timeline(azure: "FakeAzure", who: Identity, query: Any, body: Any, build: str) -> Answer:
    need(who, "ViewBuilds")
    if int(build) not in azure.timelines:
        raise Refusal(404, f"The requested build {build} could not be found.", "BuildNotFoundException")
    return Answer(body={"id": "t", "records": deepcopy(azure.timelines[int(build)])})


def list_approvals(azure: "FakeAzure", who: Identity, query: dict[str, list[str]], body: Any) -> Answer:
    need(who, "ViewBuilds")
    wanted = query["approvalIds"][0].split(",")
    known = [deepcopy(one) for number, one in azure.approvals.items() if number in wanted]
    if query.get("$expand") != ["steps"]:
        known = [{**one, "steps": []} for one in known]
    return Answer(body={"count": len(known), "value": known})


APPROVAL_ROUTES = {
    ("GET", rf"/{PROJECT}/_apis/build/builds/(?P<build>\d+)/timeline"): timeline,
    ("GET", rf"/{PROJECT}/_apis/pipelines/approvals"): list_approvals,
}

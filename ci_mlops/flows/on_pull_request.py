"""What the base branch's `pull_request:` says of this very pull request: its label, and where its verdict is told."""

from dataclasses import replace

from ci_mlops.flows.activity import SKIP_LABEL
from ci_mlops.flows.project import Project
from ci_mlops.flows.tools import Tools
from ci_mlops.flows.writing import tool, written_at
from ci_mlops.records import PolicySource, Skip, Verdict
from ci_mlops.report.codec import seal

SKIPPED = f"skipped by the label `{SKIP_LABEL}`"
_REFUSED = (
    f"The pull request carries the label `{SKIP_LABEL}`, and the base branch's policy does not allow it "
    "(`pull_request.skip_label`): it was judged like any other."
)


def skipped(tools: Tools, project: Project) -> Verdict | None:
    """Not applicable, where the label says so and base's policy allows it; None: it is to be judged."""
    if not _is_labelled(project) or not _is_allowed(project):
        return None
    return seal(
        Verdict(
            model=project.policy.model,
            task=project.policy.task,
            verdict="not_applicable",
            reason=f"{SKIPPED[0].upper()}{SKIPPED[1:]}",
            exit_code=0,
            change=project.change,
            policy=PolicySource(
                source=project.base.commit if project.base else "",
                path=project.config_path,
                edited=bool(project.policy_edits),
                edits=project.policy_edits,
                digest=project.policy_digest,
            ),
            skips=(Skip(what="evaluation", reason=SKIPPED),),
            evaluated_at=written_at(tools.now()),
            tool=tool(),
        )
    )


def as_policy_tells(verdict: Verdict, project: Project) -> Verdict:
    """Where it is told, and a label that had no effect: nothing is passed over in silence."""
    comment = project.policy.on_pull_requests().comment
    refused = (_REFUSED,) if _is_labelled(project) and not _is_allowed(project) else ()
    pictures = project.policy.shows_pictures()
    if (comment, pictures) == (verdict.comment, verdict.pictures) and not refused:
        return verdict
    notices = (*refused, *verdict.notices)
    return seal(replace(verdict, comment=comment, pictures=pictures, notices=notices))


def _is_labelled(project: Project) -> bool:
    return project.change.event == "pull_request" and SKIP_LABEL in project.change.labels


def _is_allowed(project: Project) -> bool:
    """A change that adds the config can't allow itself anything."""
    base = project.base.config if project.base else None
    return base is not None and base.on_pull_requests().skip_label == "allow"

"""Settings: can they be read, and are they what base's are?"""

from collections.abc import Iterator

from ci_mlops.errors import CiMlopsError, PlatformFailed
from ci_mlops.flows.doctor.check import Check, fine, problems_of, warning
from ci_mlops.flows.doctor.patient import Patient
from ci_mlops.flows.project import open_project


def look(patient: Patient) -> Iterator[Check]:
    config = patient.config
    if config is None:
        assert patient.config_error is not None  # noqa: S101 - one of the two is there
        yield from problems_of("config", patient.config_error)
        return
    yield fine("config", f"{patient.config_path.name} is valid: model `{config.model}`, {config.task}.")
    if not config.gates:
        yield warning(
            "config.gates",
            "There are no gates: every change passes.",
            where=config.where("gates"),
            mend="Add one, as `gates: [{metric: recall, max_regression: 0.05}]`.",
        )
    if patient.lock is None or patient.top is None:
        return
    try:
        project = open_project(patient.tools, patient.config_path)
    except PlatformFailed:
        return  # told by the look at git
    except CiMlopsError as error:
        yield from problems_of("config.base", error)
        return
    if project.base is not None and project.base.config is not None:
        edits = project.policy_edits
        if edits:
            shown = "; ".join(edits[:3]) + ("; ..." if len(edits) > 3 else "")
            yield warning(
                "config.policy",
                f"The policy differs from base's, which is the one that decides: {shown}",
                mend="Nothing, if that is meant: it holds after the merge.",
            )

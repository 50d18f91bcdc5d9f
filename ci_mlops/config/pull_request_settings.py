"""`pull_request`: how the gate behaves on a pull request. Read from the base branch."""

from typing import Literal

from pydantic import Field

from ci_mlops.config.section import Settings
from ci_mlops.records.verdict import Commenting


class PullRequestSettings(Settings):
    """How the gate behaves on a pull request. Read from the base branch."""

    comment: Commenting = Field(
        default="each",
        description="`each`: the model has a comment of its own; `one`: a place in one comment for all models that say so; "
        "`none`: the status and the run's summary are enough.",
    )
    drafts: Literal["judge", "wait"] = Field(
        default="judge",
        description="`wait`: a draft is not judged, and not let through, until it is marked as ready for review.",
    )
    skip_label: Literal["refuse", "allow"] = Field(
        default="refuse",
        description="`allow`: the label `ci-mlops:skip` lets a pull request through without being judged; what is merged is judged "
        "before anything is registered.",
    )

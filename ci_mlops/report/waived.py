"""A verdict that blocks, and somebody who let the change through all the same: told on top, and the verdict stands below."""

from dataclasses import replace

from ci_mlops.records import Publication
from ci_mlops.report.inline import prose, to_markdown, to_terminal


def waived_publication(decided: Publication, by: str) -> Publication:
    """`by`: who and where, as far as that is known, as in `environment model-waiver`."""
    told = prose(by)
    top = (
        f"### 🟠 Waived: this change may be merged all the same\n\n"
        f"Let through by {to_markdown(told)}. The verdict below stands as it was reached; after the merge the model is judged "
        "again, and what the rules stop is not promoted."
    )
    return replace(
        decided,
        state="success",
        description=f"🟠 Waived ({to_terminal(told)}). {decided.description}",
        annotations=(),
        summary=f"{top}\n\n{decided.summary}" if decided.summary else "",
        comment=f"{top}\n\n{decided.comment}" if decided.comment else "",
    )

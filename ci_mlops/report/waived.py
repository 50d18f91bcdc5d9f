"""A verdict that blocks, and somebody who let the change through all the same: told on top, and the verdict stands below."""

from dataclasses import replace

from ci_mlops.records import Publication
from ci_mlops.report.inline import prose, to_markdown, to_terminal

BEFORE = "this change may be merged all the same"
AFTER = "this model was registered all the same"


def waived_publication(decided: Publication, by: str, *, is_merged: bool = False) -> Publication:
    """`by`: who and where, as far as that is known, as in `environment model-waiver`."""
    told = prose(by)
    later = (
        ""
        if is_merged
        else " By the same approval this very model may take the first stage after the merge; "
        "one that is judged again then needs another."
    )
    top = (
        f"### 🟠 Waived: {AFTER if is_merged else BEFORE}\n\n"
        f"Let through by {to_markdown(told)}. The verdict below stands as it was reached.{later}"
    )
    return replace(
        decided,
        state="success",
        description=f"🟠 Waived ({to_terminal(told)}). {decided.description}",
        annotations=(),
        summary=f"{top}\n\n{decided.summary}" if decided.summary else "",
        comment=f"{top}\n\n{decided.comment}" if decided.comment else "",
    )

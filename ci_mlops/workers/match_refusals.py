"""Why the rows of a captured model could not be found in the file, in words. A sibling of score.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:

    def sibling(name: str) -> Any: ...  # score.py puts it here: no module of ours takes a name of the team's


MENTIONED = 6
CALLABLE = "`train.model: {callable: ...}`"


def other_labels(chosen: Any, target: Any, told: Any) -> tuple[str, str]:
    fitted = "{} ({}) was fitted on".format(chosen["class"].rsplit(".", 1)[-1], chosen["where"])
    apart = "{} of {} rows have another one, and no one coding makes these".format(told["count"], told["of"])
    own = (
        "Write the label that the script makes into a column of its own, and name that as `data.test.target`"
    )
    return (
        f"The labels that {fitted} are not those of `{target}`: {apart} of the file's",
        f"{own}; or give a `predict:` command that answers in the file's words; or {CALLABLE}.",
    )


def unproven(told: Any, nearest: Any, no_lineage: str | None) -> tuple[str, str]:
    """`no_lineage`: why not even the rows are known, where the config wants what the script prepared; else None."""
    chosen = told["chosen"]
    model = chosen["class"].rsplit(".", 1)[-1]
    lines = []
    near = sibling("match_columns").nearness(nearest.pool, nearest.sought)
    strange = [
        (name, share) for name, share in near if share is None or share < sibling("match_columns").ENOUGH
    ]
    for name, share in strange[:MENTIONED]:
        if nearest.pool.labels is not None and name == str(nearest.pool.labels.name):
            lines.append(f"`{name}` is the target itself, which no model may be given")
        elif share is None:
            lines.append(f"`{name}` is in no column of the training data")
        else:
            lines.append(f"`{name}` has other values: {100 * share:.0f} % of the fitted ones are in the file")
    if len(strange) > MENTIONED:
        lines.append(f"{len(strange) - MENTIONED} more")
    if not lines:
        share = nearest.best[0]
        what = "texts" if chosen["kind"] == "text" else "{} columns".format(chosen["columns"])
        nowhere = f"no columns of the file make the {what} that it was fitted on"
        partly = f"{int(100 * share)} % of the rows that it was fitted on are in the file, by its columns"
        lines.append(partly if share else nowhere)
    steps = [one["class"].rsplit(".", 1)[-1] for one in told["transformers"] if not one.get("is_target")]
    outside = " Fitted outside of it: {}.".format(", ".join(dict.fromkeys(steps))) if steps else ""
    ways = [
        "Prepare inside a Pipeline",
        "pin the file that the model is fitted on",
        "give a `predict:` command",
    ]
    fitted = "{} ({}) was fitted on".format(model, chosen["where"])
    unlike = "are not those of the pinned training data: {}.{}".format("; ".join(lines), outside)
    if no_lineage is None:
        ways.append(sibling("match_prepared").WAY_OUT)
        return f"The rows that {fitted} {unlike}", "; or ".join([*ways, CALLABLE]) + "."
    keep = sibling("match_lineage").MENDS.get(no_lineage)
    first = [keep[0].upper() + keep[1:], "prepare inside a Pipeline", *ways[1:]] if keep else ways
    return (
        f"Which rows of the file {fitted} can't be told: {no_lineage}. By their values they {unlike}",
        "; or ".join([*first, CALLABLE]) + ".",
    )

"""One comment for several models: a table of their verdicts, the worst first, and each report folded below it."""

from collections.abc import Sequence

from ci_mlops.records import Change, Publication, Verdict
from ci_mlops.records.publication import State
from ci_mlops.report.blocks import Heading, Paragraph, Table
from ci_mlops.report.document import COMMENT, document
from ci_mlops.report.headline import MARKS, headline
from ci_mlops.report.inline import name, prose, to_html, to_terminal
from ci_mlops.report.markdown import to_github
from ci_mlops.report.renderings import LARGEST_COMMENT
from ci_mlops.report.words import counted

_GRAVEST = ("not_evaluated", "blocked", "undecided", "passed", "not_applicable")
_MARKER = 1024
"""Bytes that a platform's marker may take; names are quoted in it."""
_LEAST = 300
"""A report that gets less room than this is left out."""
_LEFT_OUT = "Some details were left out to fit into a comment; the full report is in the summary of the model's own job."
_LONGEST_REASON = 120


def together(verdicts: Sequence[Verdict], change: Change) -> Publication:
    """No status goes with it: each model has its own."""
    worst = sorted(verdicts, key=_gravity)
    text = _text(worst, LARGEST_COMMENT - _MARKER)
    heading = to_terminal(_heading(worst))
    return Publication(
        model="",
        summary=text,
        outputs={"verdict": worst[0].verdict, "reason": heading} if worst else {},
        annotations=(),
        state=_state(worst),
        description=heading,
        comment=text,
        key=change.workflow,
    )


def shares(sizes: Sequence[int], room: int) -> list[int]:
    """
    How much each gets of the room: what a short one leaves goes to the long ones.

    >>> shares([10, 100, 200], 150)
    [10, 70, 70]
    """
    got = dict.fromkeys(range(len(sizes)), 0)
    for done, at in enumerate(sorted(got, key=lambda at: sizes[at])):
        got[at] = min(sizes[at], room // (len(sizes) - done))
        room -= got[at]
    return list(got.values())


def _text(worst: Sequence[Verdict], largest: int) -> str:
    top = _top(worst, largest // 3)
    tops = [f"<details><summary>{to_html(_summary(one))}</summary>\n\n" for one in worst]
    end = "\n\n</details>"
    wanted = [_report(one, largest) for one in worst]
    around = sum(len(one.encode()) + len(end) + 2 for one in tops)
    room = largest - len(top.encode()) - around - len(_LEFT_OUT) - 4
    folded, left_out = [], False
    for one, start, whole, share in zip(
        worst, tops, wanted, shares([len(text.encode()) for text in wanted], max(room, 0)), strict=True
    ):
        if share < min(_LEAST, len(whole.encode())):
            left_out = True
            continue
        folded.append(start + (whole if len(whole.encode()) <= share else _report(one, share)) + end)
    return "\n\n".join([top, *folded, *([_LEFT_OUT] if left_out else [])]) + "\n"


def _report(verdict: Verdict, largest: int) -> str:
    # its heading is the summary of what is folded
    return to_github(document(verdict, COMMENT)[1:], largest=largest, left_out=_LEFT_OUT).strip()


def _top(worst: Sequence[Verdict], largest: int) -> str:
    """Heading and table; of very many models the worst, and how many more there are."""
    for shown in (len(worst), 100, 30, 10, 1):
        rows = tuple(_row(one) for one in worst[:shown])
        more = len(worst) - len(rows)
        text = to_github(
            (
                Heading(_heading(worst)),
                Table(("", "Model", "Verdict", "Reason"), ("centre", "left", "left", "left"), rows),
                *(
                    [Paragraph(f"And {counted(more, 'more model')}, none of them worse than these.")]
                    if more
                    else []
                ),
            ),
            largest=10 * LARGEST_COMMENT,
            left_out="",
        ).strip()
        if len(text.encode()) <= largest:
            break
    return text


def _row(verdict: Verdict) -> tuple[str, ...]:
    reason = (
        verdict.reason if len(verdict.reason) <= _LONGEST_REASON else f"{verdict.reason[:_LONGEST_REASON]}…"
    )
    return MARKS[verdict.verdict], name(verdict.model), verdict.verdict.replace("_", " "), prose(reason)


def _summary(verdict: Verdict) -> str:
    return f"{MARKS[verdict.verdict]} {name(verdict.model)}: {headline(verdict)}"


def _gravity(verdict: Verdict) -> tuple[int, int, str]:
    # an undecided one that the policy lets through is no obstacle
    return (0 if verdict.exit_code else 1, _GRAVEST.index(verdict.verdict), verdict.model)


def _state(worst: Sequence[Verdict]) -> State:
    if not worst or not worst[0].exit_code:
        return "success"
    return "error" if worst[0].verdict == "not_evaluated" else "failure"


def _heading(worst: Sequence[Verdict]) -> str:
    if len(worst) == 1:
        return f"{MARKS[worst[0].verdict]} {headline(worst[0])}"
    stopped = [verdict for verdict in worst if verdict.exit_code]
    if not stopped:
        judged = [verdict for verdict in worst if verdict.verdict != "not_applicable"]
        if not judged:
            return f"{MARKS['not_applicable']} Model gate not applicable to {counted(len(worst), 'model')}"
        return f"{MARKS['passed']} Model gate passed: all {counted(len(worst), 'model')} may be merged"
    first = stopped[0].verdict
    same = sum(verdict.verdict == first for verdict in stopped)
    of = f"{same} of {counted(len(worst), 'model')}"
    others = len(stopped) - same
    more = f", and {others} more {'does' if others == 1 else 'do'} not pass" if others else ""
    words = {
        "not_evaluated": f"Model gate could not evaluate {of}",
        "blocked": f"Model gate blocked: {of}",
        "undecided": f"Model gate undecided: {of}",
    }
    return f"{MARKS[first]} {words.get(first, f'Model gate: {of}')}{more}"

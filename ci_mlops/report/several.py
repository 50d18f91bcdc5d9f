"""One comment for several models: a table of their verdicts, the worst first, and each report folded below it."""

from collections.abc import Mapping, Sequence

from ci_mlops.records import Change, Picture, Publication, Verdict
from ci_mlops.records.publication import State
from ci_mlops.report.blocks import Heading, Paragraph, Table
from ci_mlops.report.document import COMMENT, document
from ci_mlops.report.for_information import LEAD, MARK, decided, informs_only
from ci_mlops.report.headline import MARKS, headline, mark
from ci_mlops.report.image import ROOM, below_the_table, image_of
from ci_mlops.report.inline import name, prose, to_html, to_terminal
from ci_mlops.report.markdown import GITHUB, Dialect, apart, to_dialect
from ci_mlops.report.renderings import LARGEST_COMMENT
from ci_mlops.report.words import counted

_GRAVEST = ("not_evaluated", "blocked", "undecided", "passed", "not_applicable")
_MARKER = 1024
"""Bytes that a platform's marker may take; names are quoted in it."""
_LEAST = 600
"""Bytes; a report that gets less room than this is left out."""
_END = "\n\n</details>"
_LEFT_OUT = "Some details were left out to fit into a comment; the full report is in the summary of the model's own job."
_LONGEST_REASON = 120


_NONE: Mapping[str, Picture] = {}


def together(
    verdicts: Sequence[Verdict], change: Change, pictures: Mapping[str, Picture] = _NONE
) -> Publication:
    """No status goes with it: each model has its own. `pictures`: what the comment shows, by model."""
    worst = sorted(verdicts, key=_gravity)
    text = comment = _text(worst, {}, *_where(change))
    if pictures:
        comment = _text(worst, pictures, *_where(change))
    heading = to_terminal(_heading(worst))
    return Publication(
        model="",
        summary=text,
        outputs={"verdict": decided(worst[0]), "reason": heading} if worst else {},
        annotations=(),
        state=_state(worst),
        description=heading,
        comment=comment,
        key=change.workflow,
        pictures=tuple(pictures.values()),
    )


def _where(change: Change) -> tuple[int, Dialect]:
    """How much may be said there, and in whose Markdown."""
    if (change.forge or change.platform) != "azure":
        return LARGEST_COMMENT - _MARKER, GITHUB
    from ci_mlops.report.azure import LARGEST_THREAD, THREAD

    return LARGEST_THREAD - _MARKER, THREAD


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


def _text(worst: Sequence[Verdict], pictures: Mapping[str, Picture], largest: int, dialect: Dialect) -> str:
    largest -= ROOM * len(pictures)
    top = _top(worst, largest // 3, dialect)
    room = largest - len(top.encode()) - len(_LEFT_OUT) - 4
    starts = [f"<details><summary>{apart(to_html(_summary(one)), dialect)}</summary>\n\n" for one in worst]
    whole = [_report(one, pictures, largest, dialect) for one in worst]
    # of very many the worst have a report each that can be read, and the others the row of the table
    told = len(worst)
    while told and _left(starts[:told], room) < _LEAST * told:
        told -= 1
    given = shares([len(text.encode()) for text in whole[:told]], _left(starts[:told], room))
    folded = [
        start + (text if len(text.encode()) <= share else _report(one, pictures, share, dialect)) + _END
        for one, start, text, share in zip(worst[:told], starts, whole, given, strict=False)
    ]
    return "\n\n".join([top, *folded, *([_LEFT_OUT] if told < len(worst) else [])]) + "\n"


def _left(starts: Sequence[str], room: int) -> int:
    """For the reports themselves."""
    return room - sum(len(start.encode()) + len(_END) + 2 for start in starts)


def _report(verdict: Verdict, pictures: Mapping[str, Picture], largest: int, dialect: Dialect) -> str:
    # its heading is the summary of what is folded, and what decides nothing says so at the top
    shown = document(verdict, COMMENT)[1 + len(informs_only(verdict)) :]
    blocks = below_the_table(shown, image_of(verdict, pictures.get(verdict.model)))
    return to_dialect(blocks, dialect, largest=largest, left_out=_LEFT_OUT).strip()


def _top(worst: Sequence[Verdict], largest: int, dialect: Dialect) -> str:
    """Heading and table; of very many models the worst, and how many more there are."""
    for shown in (len(worst), 100, 30, 10, 1):
        rows = tuple(_row(one) for one in worst[:shown])
        more = len(worst) - len(rows)
        text = to_dialect(
            (
                Heading(_heading(worst)),
                *informs_only(worst[0]),
                Table(("", "Model", "Verdict", "Reason"), ("centre", "left", "left", "left"), rows),
                *(
                    [Paragraph(f"And {counted(more, 'more model')}, none of them worse than these.")]
                    if more
                    else []
                ),
            ),
            dialect,
            largest=10 * LARGEST_COMMENT,
            left_out="",
        ).strip()
        if len(text.encode()) <= largest:
            break
    return text


def _row(verdict: Verdict) -> tuple[str, ...]:
    return mark(verdict), name(verdict.model), verdict.verdict.replace("_", " "), _reason(verdict)


def _summary(verdict: Verdict) -> str:
    return f"{mark(verdict)} {name(verdict.model)}: {_reason(verdict)}"


def _reason(verdict: Verdict) -> str:
    reason = verdict.reason
    if verdict.error is not None and len(lines := verdict.error.what.strip().splitlines()) > 1:
        # the last line of what a training printed is the one that says why
        reason = f"{lines[0]} {lines[-1]}"
    return prose(reason if len(reason) <= _LONGEST_REASON else f"{reason[:_LONGEST_REASON].rstrip()}…")


def _gravity(verdict: Verdict) -> tuple[int, int, str]:
    # an undecided one that the policy lets through is no obstacle
    return (0 if verdict.exit_code else 1, _GRAVEST.index(verdict.verdict), verdict.model)


def _state(worst: Sequence[Verdict]) -> State:
    if any(verdict.for_information for verdict in worst):
        return "pending"
    if not worst or not worst[0].exit_code:
        return "success"
    return "error" if worst[0].verdict == "not_evaluated" else "failure"


def _heading(worst: Sequence[Verdict]) -> str:
    if len(worst) == 1:
        return f"{mark(worst[0])} {headline(worst[0])}"
    sign, words = _of_several(worst)
    if worst[0].for_information:
        return f"{MARK} {LEAD}: {words[:1].lower()}{words[1:]}"
    return f"{sign} {words}"


def _of_several(worst: Sequence[Verdict]) -> tuple[str, str]:
    stopped = [verdict for verdict in worst if verdict.exit_code]
    if not stopped:
        judged = [verdict for verdict in worst if verdict.verdict != "not_applicable"]
        if not judged:
            return MARKS["not_applicable"], f"Model gate not applicable to {counted(len(worst), 'model')}"
        models = counted(len(worst), "model")
        if worst[0].for_information:
            return MARKS["passed"], f"Model gate passed: no rule stops any of {models}"
        return MARKS["passed"], f"Model gate passed: all {models} may be merged"
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
    return MARKS[first], f"{words.get(first, f'Model gate: {of}')}{more}"

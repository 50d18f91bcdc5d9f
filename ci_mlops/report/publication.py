"""What one verdict says on a platform, decided as values; a platform carries them out."""

from ci_mlops.records import Annotation, Change, Picture, Publication, Verdict
from ci_mlops.records.publication import State
from ci_mlops.report.for_information import decided
from ci_mlops.report.headline import headline, mark
from ci_mlops.report.image import image_of
from ci_mlops.report.inline import plain, to_terminal
from ci_mlops.report.renderings import Markup, comment, summary
from ci_mlops.report.rows import RuleRow, rule_rows
from ci_mlops.report.tables import rule_text
from ci_mlops.report.words import subject

LONGEST_DESCRIPTION = 140
MOST_ANNOTATIONS = 3


def publication(
    verdict: Verdict, *, change: Change | None = None, picture: Picture | None = None
) -> Publication:
    """All of it; `change` is where it is said, the verdict's own where that is left out. `picture`: what its comment shows."""
    told = change or verdict.change or Change(platform="", event="local")
    return Publication(
        model=verdict.model,
        summary=summary(verdict, markup=_markup(told.platform)),
        outputs=outputs(verdict),
        annotations=annotations(verdict),
        state=state(verdict),
        description=description(verdict),
        comment=comment(
            verdict, told, markup=_markup(told.forge or told.platform), image=image_of(verdict, picture)
        ),
        key=told.workflow,
        tags=(f"ci-mlops-{'for-information' if verdict.for_information else verdict.verdict}",),
        pictures=(picture,) if picture is not None else (),
    )


def _markup(platform: str) -> Markup:
    return "azure" if platform == "azure" else "github"


def outputs(verdict: Verdict) -> dict[str, str]:
    """What later steps of a workflow may ask for; the flow adds where the files lie."""
    candidate, champion = verdict.candidate, verdict.champion
    told = {
        "verdict": decided(verdict),
        "exit-code": str(verdict.exit_code),
        "reason": to_terminal(headline(verdict)),
        "model": verdict.model,
        "model-digest": (candidate.digest if candidate else None) or "",
        "champion": (champion.label or champion.version or "") if champion else "",
        "fingerprint": verdict.fingerprint or "",
        "verdict-digest": verdict.verdict_digest,
    }
    return {name: plain(value) for name, value in told.items()}


def state(verdict: Verdict) -> State:
    if verdict.for_information:
        return "pending"
    match verdict.verdict:
        case "not_evaluated":
            return "error"
        case "not_applicable":
            return "not_applicable"
    return "failure" if verdict.exit_code else "success"


def description(verdict: Verdict) -> str:
    """Cut as UTF-16 counts, which is the widest that a platform may count by."""
    text = f"{mark(verdict)} {to_terminal(headline(verdict))}"
    if verdict.for_information:
        found = verdict.verdict.replace("_", " ")
        text = f"{mark(verdict)} For information ({found}): a maintainer must run train and predict again"
    if _units(text) <= LONGEST_DESCRIPTION:
        return text
    while _units(text) >= LONGEST_DESCRIPTION:
        text = text[:-1]
    return text.rstrip() + "…"


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def annotations(verdict: Verdict) -> tuple[Annotation, ...]:
    """At most three: what keeps the change from merging, then the edited policy."""
    found: list[Annotation] = []
    if verdict.verdict == "not_evaluated":
        found.append(_could_not(verdict))
    elif verdict.exit_code:
        found += [_rule(row, verdict) for row in rule_rows(verdict) if row.gate.blocks]
    edited = verdict.policy is not None and verdict.policy.edited
    if edited and verdict.policy:
        found = [*found[: MOST_ANNOTATIONS - 1], _edited(verdict.policy.path, verdict)]
    return tuple(found[:MOST_ANNOTATIONS])


def _rule(row: RuleRow, verdict: Verdict) -> Annotation:
    file, line = _place(row.gate.where)
    broken = row.gate.status == "broken"
    return Annotation(
        level="error" if broken else "warning",
        title=f"Model gate {'blocked' if broken else 'undecided'}",
        message=to_terminal(f"{subject(row.gate, verdict)}: {rule_text(row, verdict)}"),
        file=file,
        line=line,
    )


def _could_not(verdict: Verdict) -> Annotation:
    file, line = _place(verdict.error.where if verdict.error else "")
    mend = f" {verdict.error.mend}" if verdict.error and verdict.error.mend else ""
    what = verdict.error.what if verdict.error else verdict.reason
    return Annotation(
        level="error",
        title="Model gate could not evaluate",
        message=plain(f"{what}.{mend}"),
        file=file,
        line=line,
    )


def _edited(path: str, verdict: Verdict) -> Annotation:
    uses = "goes by" if verdict.verdict == "not_evaluated" else "used"
    return Annotation(
        level="warning",
        title="Gate policy edited",
        message=f"This change edits the gate policy; the gate {uses} the policy of the base branch.",
        file=plain(path),
        line=1,
    )


def _place(where: str) -> tuple[str, int | None]:
    """`ci-mlops.yml:21 gates.recall` -> the file and its line; no file where there is no line."""
    place = where.split(" ", 1)[0]
    file, _, line = place.rpartition(":")
    known = bool(file) and line.isascii() and line.isdigit() and len(line) < 8
    return (plain(file), int(line)) if known else ("", None)

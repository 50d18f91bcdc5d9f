"""Where everything comes from: what the change changes, how to do it again, what was left out."""

import json

from ci_mlops.records import ChangedPart, Contender, Verdict
from ci_mlops.records.custom_metric import short_name
from ci_mlops.report.blocks import Details, Items, Paragraph, Table
from ci_mlops.report.changes import differing, in_brief, rows_of, settings_of
from ci_mlops.report.inline import ADDRESS, capital, code, name, prose, shortened, strong
from ci_mlops.report.numbers import number
from ci_mlops.report.places import policy_named, validate_again
from ci_mlops.report.policy_facts import policy_facts
from ci_mlops.report.proof import since_this_pin
from ci_mlops.report.tables import THIS_CHANGE, candidate_title, champion_title

_ISOLATION = {
    "none": "only prediction files were read; none of the team's code was run.",
    "process": "training, predicting and judging ran in one job. That guards against mistakes, not against malice: "
    "the isolated template runs them in jobs of their own.",
    "job": "training, predicting and judging ran in jobs of their own; the judging job ran none of the change's code.",
}
_MANY = 50
_PARTS = {
    "code": "code",
    "data.train": "training data",
    "data.test": "test data",
    "environment": "environment",
    "parameters": "parameters",
    "run": "training command",
    "columns": "training columns",
}


def changed(verdict: Verdict) -> Details | None:
    """`code, training data. Test data and environment unchanged`"""
    if not verdict.changed:
        return None
    table = Table(
        ("", champion_title(verdict), candidate_title(verdict)),
        ("left", "left", "left"),
        tuple(
            (_capital(part), _champion(part) + _since(part, verdict), _candidate(part))
            for part in verdict.changed[:_MANY]
        ),
    )
    what = "What this PR changes" if candidate_title(verdict) == THIS_CHANGE else "What changed"
    return Details(f"{strong(what)}: {_changes(verdict.changed)}", (table,))


def left_out(verdict: Verdict) -> Details | None:
    if not verdict.skips:
        return None
    lines = tuple(f"{prose(skip.what)}: {prose(skip.reason)}" for skip in verdict.skips[:_MANY])
    more = len(verdict.skips) - _MANY
    lines += (f"and {number(more)} more, all in {code('verdict.json')}",) if more > 0 else ()
    return Details(
        f"{strong('Left out')}: {number(len(verdict.skips))}, each with its reason", (Items(lines),)
    )


def audit(verdict: Verdict) -> Details:
    """How to come to the same verdict again, and by what it is known."""
    head = verdict.change.head if verdict.change else None
    lines = [
        ("Rules", ", ".join(policy_named(verdict))),
        ("Policy", policy_facts(verdict)),
        ("Metrics of the team's own", _custom(verdict)),
        ("Champion", _contender(verdict.champion, verdict)),
        ("Candidate", _contender(verdict.candidate, verdict)),
        ("Fingerprint", code(shortened(verdict.fingerprint)) if verdict.fingerprint else ""),
        ("Environment", code(shortened(verdict.environment)) if verdict.environment else ""),
        ("Intervals", _methods(verdict)),
        ("Isolation", _isolation(verdict) if verdict.measurements else ""),
        ("Verdict", code(shortened(verdict.verdict_digest)) if verdict.verdict_digest else ""),
    ]
    again = (Paragraph(code(validate_again(verdict, " --output out"))),) if head else ()
    items = Items(tuple(f"{strong(label)}: {text}" for label, text in lines if text))
    return Details("Reproduce, files, audit trail", (*again, items, Paragraph(_files(verdict))))


def part_words(part: str) -> str:
    return _PARTS.get(part) or prose(part)


def _changes(parts: tuple[ChangedPart, ...]) -> str:
    yes, no, unknown = (
        [in_brief(part, part_words(part.part)) for part in parts if part.changed is answer]
        for answer in (True, False, None)
    )
    sentences = [", ".join(yes[:_MANY])]
    if not yes:
        sentences = ["nothing that is known" if unknown else "nothing that the model is made of"]
    if no:
        sentences.append(f"{capital(_listed(no))} unchanged")
    if unknown:
        sentences.append(f"Not known: {_listed(unknown)}")
    return ". ".join(sentences)


def _listed(parts: list[str]) -> str:
    return f"{', '.join(parts[:-1][:_MANY])} and {parts[-1]}" if len(parts) > 1 else parts[0]


def _capital(part: ChangedPart) -> str:
    return capital(part_words(part.part))


def _candidate(part: ChangedPart) -> str:
    if part.changed is False:
        return "same"
    if part.part == "parameters" and part.items:
        return settings_of(part, before=False)
    return f"{_value(part.candidate)}{rows_of(part.candidate_rows)}{differing(part)}"


def _since(part: ChangedPart, verdict: Verdict) -> str:
    since = since_this_pin(verdict) if part.part == "data.test" else ""
    return f", {since}" if since else ""


def _champion(part: ChangedPart) -> str:
    if part.changed is None:
        return "unknown"
    if part.part == "parameters" and part.items:
        return settings_of(part, before=True)
    return f"{_value(part.champion)}{rows_of(part.champion_rows)}"


def _value(text: str) -> str:
    if text in ("", "{}", "null"):
        return "none"
    # settings come as a JSON object
    return ", ".join(_settings(text)) if text.startswith("{") else prose(shortened(text))


def _settings(text: str) -> list[str]:
    try:
        settings = json.loads(text)
    except (ValueError, RecursionError):
        return [name(text)]
    return [
        f"{name(key)} {_setting(value)}".rstrip()
        for key, value in settings.items()
        if value not in (None, "")
    ]


def _setting(value: object) -> str:
    """A number as it is, a digest short, what has parts part by part, anything else as code."""
    if isinstance(value, dict):
        return ", ".join(f"{name(str(key))} {_setting(inner)}" for key, inner in value.items())
    if isinstance(value, str) and value.startswith("sha256:"):
        return name(shortened(value))
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    return prose(str(value)) if plain else name(str(value))


def _custom(verdict: Verdict) -> str:
    """Which text was run; it is of the tree that the rules are of."""
    files = {(one.path, one.digest): None for one in verdict.custom_metrics}
    lines = []
    for path, digest in files:
        own = [one for one in verdict.custom_metrics if (one.path, one.digest) == (path, digest)]
        functions = ", ".join(name(short_name(one.metric)) for one in own[:_MANY])
        lines.append(f"{functions} in {name(path)} ({name(shortened(digest))})")
    return "; ".join(lines[:_MANY])


def _isolation(verdict: Verdict) -> str:
    told = _ISOLATION[verdict.isolation]
    if verdict.custom_metrics and verdict.isolation == "none":
        told = "only prediction files were read; of the team's code only its own metrics were run, in children without secrets."
    elif verdict.custom_metrics:
        told += (
            " The team's own metrics ran in children without secrets, from the tree that the rules are of."
        )
    return f"{verdict.isolation}; {told}"


def _contender(contender: Contender | None, verdict: Verdict) -> str:
    if contender is None:
        # where nothing was evaluated nobody has looked
        return "" if verdict.verdict == "not_evaluated" else "none"
    known = [name(shortened(contender.digest))] if contender.digest else []
    known += [f"commit {name(contender.commit[:7])}"] if contender.commit else []
    known += [f"version {name(contender.version)}"] if contender.version else []
    which = f" {name(contender.label)}" if contender.origin == "file" and contender.label else ""
    return ", ".join([contender.origin + which, *known])


def _methods(verdict: Verdict) -> str:
    methods = sorted({m.method for m in verdict.measurements if m.method})
    # one may hold a comma of its own
    between = "; " if any("," in method for method in methods) else ", "
    return f"paired; {between.join(name(method) for method in methods[:_MANY])}" if methods else ""


def _files(verdict: Verdict) -> str:
    names = f"{code('verdict.json')}, {code('report.md')} and {code('report.html')}"
    url = verdict.change.run_url if verdict.change else ""
    if verdict.change is None or verdict.change.event in ("local", "other"):
        return f"Files: {names}, in the output folder."
    # a link is the one thing that we let come alive, so its address is checked letter by letter
    return f"Files of this run: {names}, in its artifact." + (
        f" Run log: {url}" if ADDRESS.fullmatch(url) else ""
    )

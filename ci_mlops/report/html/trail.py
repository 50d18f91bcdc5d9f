"""The audit trail in full: digests to copy, where the text beside it shortens them."""

from collections.abc import Iterator

from ci_mlops.records import Contender, Verdict
from ci_mlops.report.blocks import Items, Simple, Table
from ci_mlops.report.inline import code, name, strong
from ci_mlops.report.numbers import number, short
from ci_mlops.report.words import counted

_MANY = 200
_SETS = {"train": "training data", "test": "test data"}


def trail(verdict: Verdict) -> tuple[Simple, ...]:
    """Whole digests, pinned files, and who made it when."""
    digests = tuple((label, code(value)) for label, value in _digests(verdict) if value)
    blocks: list[Simple] = [Table(("Digest", "In full"), ("left", "left"), digests)] if digests else []
    files = [(_SETS.get(data, name(data)), pin) for data, pins in verdict.pins.items() for pin in pins]
    if files:
        rows = tuple(
            (
                name(pin.path),
                data,
                "" if pin.rows is None else number(pin.rows),
                number(pin.size),
                code(pin.sha256),
            )
            for data, pin in files[:_MANY]
        )
        head = ("Pinned file", "Holds", "Rows", "Bytes", "SHA-256")
        blocks.append(Table(head, ("left", "left", "right", "right", "left"), rows))
    return (*blocks, Items(tuple(f"{strong(label)}: {text}" for label, text in _made(verdict, len(files)))))


def _digests(verdict: Verdict) -> Iterator[tuple[str, str]]:
    yield "Verdict", verdict.verdict_digest
    yield "Policy", verdict.policy.digest if verdict.policy else ""
    yield "Fingerprint of the candidate", verdict.fingerprint or ""
    yield "Environment", verdict.environment or ""
    for role, contender in (("champion", verdict.champion), ("candidate", verdict.candidate)):
        yield f"Model of the {role}", _of(contender)
    change = verdict.change
    yield "Commit", (change.head if change else None) or ""
    yield "Base", (change.base if change else None) or ""


def _of(contender: Contender | None) -> str:
    return (contender.digest if contender else None) or ""


def _made(verdict: Verdict, files: int) -> Iterator[tuple[str, str]]:
    tool = verdict.tool
    python = f", Python {name(tool.python)}" if tool.python else ""
    yield "Tool", f"{name(tool.name)} {name(tool.version)}{python}"
    change = verdict.change
    if change is not None and change.workflow:
        yield "Workflow", name(change.workflow)
    if change is not None and change.run_id:
        attempt = f", attempt {number(change.run_attempt)}" if change.run_attempt > 1 else ""
        yield "Run", f"{name(change.run_id)}{attempt}"
    if verdict.timings:
        spent = ", ".join(
            f"{name(story)} {short(round(seconds, 2))} s" for story, seconds in verdict.timings.items()
        )
        yield "Took", spent
    if files > _MANY:
        yield "Pinned files", f"{counted(files - _MANY, 'more')} in {code('verdict.json')}"

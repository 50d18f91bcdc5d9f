"""What differs between the two models' makings, as far as the hand-over, both locks and git tell it."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from ci_mlops import repository
from ci_mlops.datasets.digest import data_digest
from ci_mlops.errors import BadConfig
from ci_mlops.flows.checkout import code_among
from ci_mlops.flows.project import Project
from ci_mlops.flows.train import head_checkout
from ci_mlops.records import ChangedItem, ChangedPart, FilePin, ResolvedEnvironment, TrainedModel

MOST_ITEMS = 50
_LONGEST = 80
_COMMIT = re.compile(r"[0-9a-f]{7,64}")


def changed_parts(
    project: Project, candidate: TrainedModel, champion: TrainedModel | None
) -> tuple[ChangedPart, ...]:
    """Part by part; a champion from elsewhere tells fewer parts."""
    before = dict(champion.parts) if champion else {}
    found: list[ChangedPart] = []
    for part, value in candidate.parts:
        plain = ChangedPart(
            part=part,
            champion=before.get(part, ""),
            candidate=value,
            changed=None if champion and part not in before else before.get(part) != value,
        )
        found += _told(plain, project, candidate, champion)
    base_pins, head_pins = (lock.data.get("test", ()) for lock in (project.policy_lock, project.lock))
    moved = [data_digest(pins) if pins else "" for pins in (base_pins, head_pins)]
    rows = [_rows(pins) for pins in (base_pins, head_pins)]
    found.append(
        ChangedPart(
            part="data.test",
            champion=moved[0],
            candidate=moved[1],
            changed=moved[0] != moved[1],
            champion_rows=rows[0],
            candidate_rows=rows[1],
        )
    )
    return tuple(found)


def _told(
    part: ChangedPart, project: Project, candidate: TrainedModel, champion: TrainedModel | None
) -> tuple[ChangedPart, ...]:
    """The part with what is known of it."""
    if part.part == "data.train":
        return _with_rows(part, project)
    if not part.changed or champion is None:
        return (part,)
    if part.part == "parameters":
        return (_with(part, _settings(part.champion), _settings(part.candidate)),)
    if part.part == "environment" and champion.resolved is not None and candidate.resolved is not None:
        return (_with(part, _packages(champion.resolved), _packages(candidate.resolved)),)
    if part.part == "code":
        return (_with_files(part, project, champion),)
    return (part,)


def _with(part: ChangedPart, before: Mapping[str, str], after: Mapping[str, str]) -> ChangedPart:
    names = [name for name in dict.fromkeys((*before, *after)) if before.get(name) != after.get(name)]
    return _listing(part, names, before, after)


def _listing(
    part: ChangedPart, names: Sequence[str], before: Mapping[str, str], after: Mapping[str, str]
) -> ChangedPart:
    items = tuple(
        ChangedItem(name=name[:_LONGEST], champion=_cut(before.get(name)), candidate=_cut(after.get(name)))
        for name in names[:MOST_ITEMS]
    )
    return replace(part, items=items, left_out=len(names[MOST_ITEMS:]))


def _cut(text: str | None) -> str | None:
    return text if text is None else text[:_LONGEST]


def _settings(text: str) -> dict[str, str]:
    """Of a JSON object; a hand-over may have been written by anybody."""
    try:
        settings = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    found = settings.items() if isinstance(settings, dict) else ()
    return {str(key): value if isinstance(value, str) else json.dumps(value) for key, value in found}


def _packages(resolved: ResolvedEnvironment) -> dict[str, str]:
    """Name -> version; versions, where a package has one for each kind of machine."""
    found = {"python": resolved.python}
    for package in resolved.packages:
        others = found.get(package.name)
        found[package.name] = f"{others} / {package.version}" if others else package.version
    return found


def _with_rows(part: ChangedPart, project: Project) -> tuple[ChangedPart, ...]:
    """Rows and columns of the pins that have these digests."""
    locks = [lock for lock in (project.lock, project.policy_lock) if lock.data.get("train")]
    known = {f"sha256:{data_digest(lock.data['train'])}": lock.data["train"] for lock in locks}
    before, after = known.get(part.champion, ()), known.get(part.candidate, ())
    told = replace(part, champion_rows=_rows(before), candidate_rows=_rows(after))
    old, new = _columns(before), _columns(after)
    if not part.changed or old is None or new is None or set(old) == set(new):
        return (told,)
    columns = ChangedPart(part="columns", champion=str(len(old)), candidate=str(len(new)), changed=True)
    return told, _with(columns, dict.fromkeys(old, ""), dict.fromkeys(new, ""))


def _rows(pins: tuple[FilePin, ...]) -> int | None:
    rows = [pin.rows for pin in pins if pin.rows is not None]
    return sum(rows) if rows and len(rows) == len(pins) else None


def _columns(pins: tuple[FilePin, ...]) -> tuple[str, ...] | None:
    columns = [pin.columns for pin in pins if pin.columns is not None]
    if not columns or len(columns) < len(pins):
        return None
    return tuple(dict.fromkeys(column for own in columns for column in own))


def _with_files(part: ChangedPart, project: Project, champion: TrainedModel) -> ChangedPart:
    """Files of code that differ from the champion's commit, and the commits between, if this clone has both."""
    since, until = champion.commit or "", project.commit
    if not _COMMIT.fullmatch(since) or until is None or project.top is None:
        return part
    # on a laptop the candidate is made of the working tree
    trees = (since,) if project.change.event == "local" else (since, until)
    try:
        text = repository.ask(
            "diff", "--name-status", "--no-renames", "--no-ext-diff", "-z", *trees, "--",
            folder=project.top,
        )  # fmt: skip
        shallow = (
            repository.ask("rev-parse", "--is-shallow-repository", folder=project.top).strip() != "false"
        )
        spans = f"{since}..{until}", f"{until}..{since}"
        ahead, behind = (
            int(repository.ask("rev-list", "--no-merges", "--count", one, folder=project.top))
            for one in spans
        )
    except BadConfig:
        # a champion's commit may be older than what a shallow clone holds
        return part
    words = text.split("\0")
    listed = dict(zip(words[1::2], words[::2], strict=False))
    code = [str(path) for path in code_among(head_checkout(project), map(PurePosixPath, listed))]
    before, after = ({path: "" for path in code if listed[path] != kind} for kind in ("A", "D"))
    return replace(
        _listing(part, code, before, after), commits=None if shallow or behind or not ahead else ahead
    )

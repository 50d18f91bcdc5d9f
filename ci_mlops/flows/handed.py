"""What the jobs before the last one came to, and the verdicts that they left: read without trust in who left them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ci_mlops.config.glance import Glance
from ci_mlops.errors import BadConfig, BadData
from ci_mlops.flows.gate import FINDS, Needed
from ci_mlops.flows.glimpse import glimpse
from ci_mlops.ports import Platform
from ci_mlops.records import Change, Verdict
from ci_mlops.report.codec import read_verdict

_NEEDS = "input `needs`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """What the jobs before this one left: by these names they may speak, and by no others."""

    models: tuple[Glance, ...]
    verdicts: tuple[Verdict, ...]

    @property
    def missing(self) -> tuple[Glance, ...]:
        """Models without a verdict, which were to be judged."""
        told = {verdict.model for verdict in self.verdicts}
        return tuple(model for model in self.models if model.model not in told)


def read_needs(text: str) -> dict[str, Needed]:
    """
    What `${{ toJSON(needs) }}` gives.

    Raises:
        BadConfig: it is none.
    """
    try:
        return {
            str(job): Needed(
                result=str(told["result"]),
                outputs={str(key): str(value) for key, value in (told.get("outputs") or {}).items()},
            )
            for job, told in json.loads(text).items()
        }
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadConfig(
            "The results of the jobs before this one can't be read",
            where=_NEEDS,
            mend="`needs: ${{ toJSON(needs) }}`, and every job of the gate under the job's own `needs:`.",
        ) from error


def read_handed(
    platform: Platform, needed: Mapping[str, Needed], config: Path, folder: Path | None
) -> Handed:
    """
    Raises:
        BadData: a file that is no verdict, or one of a model that nobody was asked to judge.
    """
    # a run that finds its models speaks of those alone, though it may have found none
    configs = _configs(needed) if FINDS in needed else (config,)
    models = tuple(glimpse(platform.change(), one) for one in configs)
    sealed = {one.outputs.get("verdict-digest") for one in needed.values()} - {"", None}
    # where no judge came to a verdict, none of the files that lie there is one: the change may have brought them
    is_due = bool(sealed) or FINDS in needed
    files = sorted(folder.rglob("verdict.json")) if is_due and folder is not None and folder.is_dir() else []
    verdicts = tuple(read_verdict(file) for file in files)
    for file, verdict in zip(files, verdicts, strict=True):
        # a job that runs code of the change can upload what it likes; what the judge said of its own cannot be forged
        if FINDS not in needed and verdict.verdict_digest not in sealed:
            raise BadData("this is not the verdict that the judge's job came to", where=str(file))
    _refuse_another_commit(platform.change(), verdicts)
    named = [verdict.model for verdict in verdicts]
    if odd := [name for name in named if named.count(name) > 1 or name not in _names(needed, models)]:
        raise BadData(
            f"there is a verdict on `{odd[0]}`, which this run was not asked for, or two of them",
            where=str(folder),
        )
    return Handed(models=models, verdicts=verdicts)


def _refuse_another_commit(change: Change, verdicts: Sequence[Verdict]) -> None:
    """A pull request that a maintainer asked for may have moved on since: nobody has judged what it is now."""
    judged = {verdict.change.head for verdict in verdicts if verdict.change is not None}
    if other := judged - {change.head}:
        raise BadData(
            f"the verdict is about {str(other.pop())[:8]}, and the change is at {str(change.head)[:8]} today",
            where="verdict.json",
            mend="Run it again, for the commit that it is at.",
        )


def _configs(needed: Mapping[str, Needed]) -> tuple[Path, ...]:
    return tuple(Path(str(cell["config"])) for cell in _cells(needed))


def _names(needed: Mapping[str, Needed], models: Sequence[Glance]) -> set[str]:
    return {model.model for model in models} | {_name(cell) for cell in _cells(needed)}


def _name(cell: Mapping[str, object]) -> str:
    return str(cell.get("name"))


def _cells(needed: Mapping[str, Needed]) -> list[dict[str, object]]:
    matrix = needed[FINDS].outputs.get("matrix", "") if FINDS in needed else ""
    try:
        cells = json.loads(matrix or "[]")
        return [dict(cell) for cell in cells if "config" in cell]
    except (ValueError, TypeError) as error:
        raise BadConfig(
            "The models of this run can't be read", where=_NEEDS, mend="Look at the job `find`."
        ) from error

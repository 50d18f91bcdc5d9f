"""The models of one repository: found, and told apart into those that a change touches and those that it does not."""

import hashlib
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Literal

from ci_mlops import repository
from ci_mlops.errors import BadConfig, CiMlopsError, PlatformFailed, Problems
from ci_mlops.flows.project import CONFIG, Project, open_project
from ci_mlops.flows.tools import Tools
from ci_mlops.flows.touched import why_judged
from ci_mlops.flows.unevaluated import find_subject
from ci_mlops.flows.writing import tool, written_at
from ci_mlops.records import PolicySource, Verdict
from ci_mlops.report.codec import seal

UNTOUCHED = (
    "Untouched: this change leaves code, data, environment, settings and policy of this model as they are."
)
_HAND_OVER = ("models", "predictions", "logs", "judged")
"""What a run for one model has in its output."""
_GRAVEST = (2, 4, 5, 6, 1, 10, 0)
"""What could not be evaluated says least, so it is told first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One ci-mlops.yml, of the change or of base."""

    config: PurePosixPath
    """Relative to the repository's top."""
    slug: str
    """Its folder below the output."""
    name: str
    decision: Literal["judge", "untouched"]
    reason: str
    refused: CiMlopsError | None = None
    """Why it can't be judged, where that is known before; it gets a verdict that says so."""
    is_removed: bool = False
    """Base has it, and the change takes it away."""
    project: Project | None = None

    @property
    def folder(self) -> PurePosixPath:
        return self.config.parent


def find_models(tools: Tools, top: Path, *, base: str | None = None) -> tuple[Found, ...]:
    """
    Every model of the repository at `top`, sorted by path; nothing is trained.

    Raises:
        BadConfig: there is no model, base can't be told, or two models have one name.
    """
    commit = _base_commit(tools, top, base)
    here = {file.path for file in repository.listed_files(top) if _is_config(file.path)}
    gone = (
        {path for path in repository.files_named(CONFIG, commit, top) if _is_config(path)}
        if commit
        else set()
    )
    present = {path for path in here if (top / path).is_symlink() or (top / path).is_file()}
    paths = sorted(present | gone)
    if not paths:
        raise BadConfig(
            f"There is no {CONFIG} in this repository", where=str(top), mend="`ci-mlops init` writes one."
        )
    named = slugs([path.parent for path in paths])
    found = []
    with ExitStack() as stack:
        # one checkout for all models
        tree = stack.enter_context(repository.worktree(commit, top)) if commit else None
        for path in paths:
            one = Found(config=path, slug=named[path.parent], name="", decision="judge", reason="")
            found.append(
                _look(tools, top, one, base, tree) if path in present else _removed(tools, top, one, base)
            )
    _refuse_shared_names(found)
    return tuple(found)


def _is_config(path: PurePosixPath) -> bool:
    """The workflow that `init` writes has the same name."""
    return path.name == CONFIG and path.parts[:2] != (".github", "workflows")


def _base_commit(tools: Tools, top: Path, base: str | None) -> str | None:
    try:
        change = tools.platform.change()
    except PlatformFailed as error:
        raise BadConfig(error.what, where=error.where, mend=error.mend) from error
    return repository.base_commit(replace(change, base=base) if base else change, top)


def _look(tools: Tools, top: Path, found: Found, base: str | None, tree: Path | None) -> Found:
    config = top / found.config
    try:
        project = open_project(tools, config, base=base)
        what = why_judged(project, tree).what
    except CiMlopsError as error:
        name = find_subject(tools, config, base=base).model
        return replace(found, name=name, reason=error.what.splitlines()[0], refused=error)
    return replace(
        found,
        name=project.policy.model,
        decision="judge" if what else "untouched",
        reason=", ".join(what) or "code, data, environment, settings and policy are base's",
        project=project,
    )


def _removed(tools: Tools, top: Path, found: Found, base: str | None) -> Found:
    error = BadConfig(
        f"This change takes {found.config} away, which holds the base branch's policy",
        where=str(found.config),
        mend="Leave it where it is. To move or remove it is for whoever may merge past the gate.",
    )
    name = find_subject(tools, top / found.config, base=base).model
    return replace(found, name=name, reason=error.what, refused=error, is_removed=True)


def _refuse_shared_names(found: Sequence[Found]) -> None:
    """Two models of one name would overwrite each other's status, comment and versions."""
    problems: list[CiMlopsError] = []
    owner: dict[str, Found] = {}
    # what the change takes away is refused in its own words: a folder that moves has one name in two places
    for one in (one for one in found if not one.is_removed):
        for name in dict.fromkeys((one.name, *([one.project.config.model] if one.project else []))):
            other = owner.setdefault(name, one)
            if other is not one:
                problems.append(
                    BadConfig(
                        f"Two models are called `{name}`: {other.config} and {one.config}",
                        where=str(one.config),
                        mend="Give each its own `model:`; the status and the registry know a model by its name.",
                    )
                )
    if problems:
        raise Problems(problems)


def untouched(tools: Tools, found: Found) -> Verdict:
    """So that a status that a branch rule requires can be set for this model too."""
    assert found.project is not None  # noqa: S101 - else it would have been refused
    project = found.project
    return seal(
        Verdict(
            model=project.policy.model,
            task=project.policy.task,
            verdict="not_applicable",
            reason=UNTOUCHED,
            exit_code=0,
            change=project.change,
            comment=project.policy.on_pull_requests().comment,
            policy=PolicySource(
                source=project.base.commit if project.base else "",
                path=str(found.config),
                digest=project.policy_digest,
            ),
            evaluated_at=written_at(tools.now()),
            tool=tool(),
        )
    )


def gravest(codes: Iterable[int]) -> int:
    """
    One code for all.

    >>> gravest([0, 10, 1, 4]), gravest([0, 10]), gravest([])
    (4, 10, 0)
    """
    return min(codes, key=lambda code: _GRAVEST.index(code) if code in _GRAVEST else -1, default=0)


def slugs(folders: Sequence[PurePosixPath]) -> dict[PurePosixPath, str]:
    """
    A name for each folder that can name a folder of the output.

    >>> slugs([PurePosixPath("."), PurePosixPath("models/loans")])
    {PurePosixPath('.'): 'top', PurePosixPath('models/loans'): 'models-loans'}
    """
    plain = {folder: "-".join(folder.parts) or "top" for folder in folders}
    taken = [*(slug.casefold() for slug in plain.values()), *_HAND_OVER]
    return {
        folder: slug
        if taken.count(slug.casefold()) == 1
        else f"{slug}-{hashlib.sha256(bytes(folder)).hexdigest()[:8]}"
        for folder, slug in plain.items()
    }

"""Which of a repository's models a change touches: their parts are compared with base's, and nothing is trained."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path, PurePosixPath

from ci_mlops.errors import CiMlopsError
from ci_mlops.files.digest import file_digest
from ci_mlops.files.pointed import digest_told
from ci_mlops.flows.checkout import Checkout, code_of, parts_with
from ci_mlops.flows.code import CodeFile, code_digest
from ci_mlops.flows.pin import check_environment
from ci_mlops.flows.project import Project
from ci_mlops.flows.train import head_checkout
from ci_mlops.records import FilePin, Lock
from ci_mlops.repository import find_root

_FEW = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """`what` is empty where all that a verdict depends on is base's."""

    what: tuple[str, ...]


def why_judged(project: Project, base_tree: Path | None) -> Touched:
    """
    Everything that may differ is a reason to judge: what can't be compared is never called untouched.

    `base_tree`: a checkout of base's commit; None: there is no base.
    """
    base = project.base
    if base is None or base_tree is None:
        return Touched(what=("there is no base to compare with",))
    if base.config is None:
        return Touched(what=("the base branch has no such config yet",))
    if base.lock is None:
        return Touched(what=("the base branch pins no data",))
    assert project.top is not None  # noqa: S101 - a base comes from a repository
    head = head_checkout(project)
    before = Checkout(
        role="champion",
        folder=base_tree / project.folder.relative_to(project.top),
        config_name=project.config_name,
        config=base.config,
        lock=base.lock,
        commit=base.commit,
    )
    return Touched(what=tuple(dict.fromkeys(chain(_settings(project, head, before), _made_of(head, before)))))


def _settings(project: Project, head: Checkout, before: Checkout) -> Iterator[str]:
    edits = project.policy_edits
    if edits:
        more = f" and {len(edits) - 1} more" if len(edits) > 1 else ""
        yield f"policy ({edits[0]}{more})"
    elif head.config.model_dump() != before.config.model_dump():
        yield f"settings ({project.config_name})"
    for name in sorted({*head.lock.data, *before.lock.data}):
        if head.lock.data.get(name) != before.lock.data.get(name):
            yield f"data.{name}"
    if _environment(head) != _environment(before) or not _is_fresh(head):
        yield "environment"
    stale = [pin.path for pin in _pins(head.lock) if not _is_as_pinned(head.folder / pin.path, pin)]
    if stale:
        yield f"data that is not as pinned ({_few(stale)})"


def _environment(checkout: Checkout) -> tuple[object, ...]:
    declared = checkout.folder / checkout.config.environment
    # an edit that was not solved yet is a change all the same
    digest = file_digest(declared) if declared.is_file() else None
    return checkout.config.environment, checkout.config.python, checkout.lock.environment, digest


def _is_fresh(checkout: Checkout) -> bool:
    """Files that a declaration includes may lie anywhere; whoever judges says what is wrong with it."""
    try:
        check_environment(checkout.config, checkout.folder, checkout.lock)
    except CiMlopsError:
        return False
    return True


def _made_of(head: Checkout, before: Checkout) -> Iterator[str]:
    if head.config.train is None or before.config.train is None:
        yield "a side that does not say how its model is trained"
        return
    if head.config.train.model.kind == "uri":
        yield "a prebuilt model, which may have moved where it is served"
        return
    if not head.lock.data.get("train") or not before.lock.data.get("train"):
        yield "training data that is not pinned"
        return
    for files in ((code_of(head), code_of(before)), (_beside(head), _beside(before))):
        if code_digest(files[0]) != code_digest(files[1]):
            yield f"code ({_few(_differing(*files))})"
            break
    # the environments were compared as they are pinned: opening one may take minutes
    said = [dict(parts_with(side, code="", environment="")) for side in (head, before)]
    yield from (part for part in said[0] if said[0][part] != said[1].get(part))


def _beside(checkout: Checkout) -> tuple[CodeFile, ...]:
    """All code of the config's folder: what scores a model is code as well, and `train.inputs` need not name it."""
    train = checkout.config.train
    if train is None or not train.inputs:
        return ()
    every = checkout.config.model_copy(update={"train": train.model_copy(update={"inputs": None})})
    top = find_root(checkout.folder)
    below = checkout.folder.resolve().relative_to((top or checkout.folder).resolve()).as_posix()
    return tuple(
        file
        for file in code_of(replace(checkout, config=every))
        if PurePosixPath(file.path).is_relative_to(below)
    )


def _differing(one: tuple[CodeFile, ...], other: tuple[CodeFile, ...]) -> list[str]:
    before = {file.path: (file.kind, file.digest) for file in other}
    after = {file.path: (file.kind, file.digest) for file in one}
    return sorted(path for path in {*before, *after} if before.get(path) != after.get(path))


def _pins(lock: Lock) -> Iterator[FilePin]:
    return chain.from_iterable(lock.data.values())


def _is_as_pinned(place: Path, pin: FilePin) -> bool:
    """What is not here is fetched by whoever judges; a pointer of Git LFS names its content by the same digest."""
    if not place.is_file():
        return not place.exists()
    return digest_told(place) == pin.sha256


def _few(names: list[str]) -> str:
    return ", ".join(names[:_FEW]) + (f" and {len(names) - _FEW} more" if len(names) > _FEW else "")

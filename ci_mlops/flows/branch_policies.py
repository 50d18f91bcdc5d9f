"""Story: a branch of Azure Repos gets the two policies that the gate needs, where it has none yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ci_mlops.errors import PlatformFailed
from ci_mlops.records import BranchPolicy

GENRE = "ci-mlops"


class PolicyBook(Protocol):
    """The policies of one repository on the platform."""

    def default_branch(self) -> str: ...

    def pipeline(self, path: str) -> int | None:
        """The number of the pipeline whose file that is."""

    def policies(self, branch: str) -> Sequence[BranchPolicy]: ...

    def create(self, policy: BranchPolicy) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    policy: BranchPolicy
    exists: bool
    remark: str = ""
    """What is weaker than it should be on the one that exists; it is left as it is."""


def plan_policies(book: PolicyBook, *, model: str, branch: str, file: str) -> tuple[Planned, ...]:
    """
    Raises:
        PlatformFailed: there is no pipeline of that file yet, or the platform does not answer.
    """
    pipeline = book.pipeline(file)
    if pipeline is None:
        raise PlatformFailed(
            f"There is no pipeline of {file} yet, which a policy could start",
            where="Azure Pipelines",
            mend=f"Push {file}; Pipelines > New pipeline > Azure Repos Git > Existing Azure Pipelines YAML file. "
            "Then run it again.",
        )
    existing = book.policies(branch)
    return tuple(_planned(wanted, existing) for wanted in _wanted(model, branch, pipeline))


def create_policies(book: PolicyBook, planned: Sequence[Planned]) -> None:
    for one in planned:
        if not one.exists:
            book.create(one.policy)


def _wanted(model: str, branch: str, pipeline: int) -> tuple[BranchPolicy, BranchPolicy]:
    return (
        BranchPolicy(kind="build", branch=branch, pipeline=pipeline),
        BranchPolicy(kind="status", branch=branch, genre=GENRE, name=f"gate/{model}"),
    )


def _planned(wanted: BranchPolicy, existing: Sequence[BranchPolicy]) -> Planned:
    same = next((one for one in existing if _key(one) == _key(wanted)), None)
    if same is None:
        return Planned(policy=wanted, exists=False)
    weak = [
        *(() if same.blocking else ("it is optional",)),
        *(() if same.resets else ("new changes do not make it due again",)),
        *(("it holds for some paths alone",) if same.narrowed else ()),
    ]
    return Planned(policy=wanted, exists=True, remark=", ".join(weak))


def _key(policy: BranchPolicy) -> tuple[str, int, str, str]:
    return policy.kind, policy.pipeline, policy.genre, policy.name

"""Story: the candidate is trained, and the champion found. Files out: OUTPUT/models/{candidate,champion}."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from ci_mlops import repository
from ci_mlops.config import Config
from ci_mlops.datasets.pins import check_data
from ci_mlops.errors import BadConfig, BadData, TrainingFailed
from ci_mlops.flows import store
from ci_mlops.flows.apart import copied_tree
from ci_mlops.flows.champion import Champion, FromBase, FromRegistry, NoChampion, find_champion
from ci_mlops.flows.checkout import Checkout, code_of, parts_of, training_of
from ci_mlops.flows.code import CodeFile
from ci_mlops.flows.endpoints import trusted_hosts
from ci_mlops.flows.keeping import drop_verdict
from ci_mlops.flows.open_registry import registry_pointer
from ci_mlops.flows.own_environment import environment_of, resolved_of
from ci_mlops.flows.pin import judged_sets
from ci_mlops.flows.pinned import check_pinned_names, place_pinned, test_files
from ci_mlops.flows.project import Project
from ci_mlops.flows.ready import check_names
from ci_mlops.flows.registered import fetch_champion
from ci_mlops.flows.tools import Tools
from ci_mlops.flows.training import Apart, make_model
from ci_mlops.flows.twin import registered_twin
from ci_mlops.ports import Environment
from ci_mlops.records import Lock, TrainedModel

_A_DAY = 86_400.0
_OF_OTHERS = ("reproduction", "reproduction.json", "reproduction.md")
_TOLD = (
    "verdict.json",
    "flipped.json",
    "report.md",
    "report.html",
    "drill.json",
    "drill.md",
    "logs",
    *_OF_OTHERS,
)
"""What a run that ends before this story leaves in the output."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    candidate: TrainedModel
    champion: TrainedModel | None
    no_champion: str = ""
    """Why there is none."""
    notices: tuple[str, ...] = ()


def train(tools: Tools, project: Project, output: Path) -> Trained:
    """
    Raises:
        BadConfig, BadData, RegistryFailed: before anything is trained.
        TrainingFailed: a command fails, hangs, is killed or writes no model.
    """
    open_output(output, project.folder)
    store.sweep(tools.cache / "models", older_than=_A_DAY)
    with tools.step("Hold the data against its pins"):
        check_pins(tools, project)
    checkout = head_checkout(project)
    environment = environment_of(tools, project, checkout)
    check_names(checkout, resolved_of(checkout))
    found = find_champion(project, registry_pointer(tools, project.policy, project.folder))
    code = code_of(checkout)
    _tell_untracked(tools, project, code)
    parts = parts_of(checkout, environment, code)
    # before any code of the change runs: it could put another model where the champion's is looked for
    champion, absent, notice = _champion(tools, environment, project, found, output)
    candidate = make_model(
        *(tools, environment, checkout, parts, output),
        apart=workplace_of(tools, project, checkout),
        elsewhere=registered_twin(tools, project, "candidate"),
    )
    if champion:
        _hold(champion, output / "models" / "champion")
    notices = (notice,) if notice else ()
    return Trained(candidate=candidate, champion=champion, no_champion=absent, notices=notices)


def workplace_of(tools: Tools, project: Project, checkout: Checkout) -> Apart:
    """
    What a command writes that is watched and not asked for is of no use to anybody. One that is to write a model runs
    where it always ran, beside whatever an earlier step of the job has laid there.
    """
    if training_of(checkout).model.kind not in ("capture", "mlflow"):
        return nullcontext
    return lambda own: copied_tree(project, own, tools.cache)


def _champion(
    tools: Tools, environment: Environment, project: Project, found: Champion, output: Path
) -> tuple[TrainedModel | None, str, str]:
    """The champion or why there is none, and what a reader must not miss of it."""
    match found:
        case NoChampion(reason=reason):
            tools.say(f"champion: none, as {reason}")
            return None, reason, ""
        case FromRegistry(version=version, stage=stage):
            tools.say(f"champion: version {version.number} at {stage}")
            own = (environment, resolved_of(head_checkout(project)))
            place = output / "models" / "champion"
            with tools.step(f"Fetch version {version.number}"):
                return fetch_champion(tools, project, version, place, candidate=own), "", ""
        case FromBase(notice=notice):
            if notice:
                tools.say(f"notice: {notice}")
            return _from_base(tools, project, output, notice), "", notice


def _tell_untracked(tools: Tools, project: Project, code: tuple[CodeFile, ...]) -> None:
    """On a laptop they are many, and CI has none of them: its fingerprint is another."""
    names = [file.path for file in code if not file.is_tracked]
    if names and project.top is not None and project.change.event == "local":
        few = ", ".join(names[:3]) + (", ..." if len(names) > 3 else "")
        count = "1 file counts" if len(names) == 1 else f"{len(names)} files count"
        tools.say(f"notice: {count} as code though git does not track it yet, nor ignore it: {few}")


def _hold(champion: TrainedModel, place: Path) -> None:
    there = store.get(place)
    if there is None or there[0].model.digest != champion.model.digest:
        raise BadData(
            "The champion was exchanged or removed while the candidate was trained",
            where=str(place),
            mend="The training of this change, or something beside it, writes into our output: let it write elsewhere.",
        )


def check_pins(tools: Tools, project: Project) -> None:
    """
    Hold the data against the lock before hours of training, the test rows too where they are: in jobs of their
    own they come to `predict` and `judge` only.

    Raises:
        BadData: everything that is not as pinned.
    """
    sets = {"train": project.config.data.train} if project.config.data.train else {}
    judged = judged_sets(project.config)
    for name, paths in judged.items():
        pins = project.lock.data.get(name, ())
        if not pins or any((project.folder / pin.path).exists() for pin in pins):
            sets[name] = paths
    # a set that no config names stays in: what it pins would be neither data nor code
    held = {name: pinned for name, pinned in project.lock.data.items() if name not in judged or name in sets}
    check_pinned_names(project)
    check_data(project.folder, sets, replace(project.lock, data=held), tools.cache)
    if "test" in sets:
        test_files(project, tools.cache)


def open_output(output: Path, folder: Path | None = None) -> None:
    """
    Ours and empty of what an earlier run handed over, as this one may end before it takes its place.

    Raises:
        BadConfig: as `own_output`.
    """
    own_output(output, folder)
    drop_verdict(output)
    store.drop(output / "models")
    store.drop(output / "predictions")
    (output / "models").mkdir(exist_ok=True)


def own_output(output: Path, folder: Path | None = None) -> None:
    """
    The folder ignores itself in git, so that what we write is never taken for the team's code; by that it is also
    known as ours.

    Raises:
        BadConfig: it is a folder of the team's own; nothing in it was touched. `folder`: the config's.
    """
    if folder is not None:
        check_output(output, folder)
    marker = output / ".gitignore"
    is_ours = marker.is_file() and marker.read_bytes().strip() == b"*"
    if not is_ours and output.is_dir():
        foreign = sorted(found.name for found in output.iterdir() if found.name not in _TOLD)
        if foreign:
            raise _not_ours(output, f"holds {foreign[0]}, which is not ours")
    output.mkdir(parents=True, exist_ok=True)
    if not is_ours:
        marker.write_text("*\n", encoding="utf-8")


def check_output(output: Path, folder: Path) -> None:
    """
    Raises:
        BadConfig: it is the config's folder, or holds it.
    """
    if folder.resolve().is_relative_to(output.resolve()):
        raise _not_ours(output, "holds ci-mlops.yml and the team's own files")


def _not_ours(output: Path, why: str) -> BadConfig:
    return BadConfig(
        f"{output} can't be the output folder: it {why}",
        where="--output",
        mend="Name a new or empty folder; what lies in it is replaced by every run. The default is `.ci-mlops`.",
    )


def head_checkout(project: Project) -> Checkout:
    return Checkout(
        role="candidate",
        folder=project.folder,
        config_name=project.config_name,
        config=project.config,
        lock=project.lock,
        commit=project.change.head or project.commit,
        job=project.change.job,
        policy=_trusted_policy(project),
        trusted_hosts=trusted_hosts(project),
    )


def _trusted_policy(project: Project) -> Config:
    """The registry that a change brings with its first config is its own word: our login is not for it before the merge."""
    if project.first_report and project.change.event not in ("local", "push"):
        return project.config.model_copy(update={"registry": None})
    return project.policy


@contextmanager
def base_checkout(project: Project) -> Iterator[Checkout]:
    """The base branch's code with its own settings; data that git does not hold is not in it."""
    base = project.base
    assert base is not None  # noqa: S101 - `find_champion` said so
    assert base.config is not None  # noqa: S101 - `find_champion` said so
    assert project.top is not None  # noqa: S101 - a base comes from a repository
    with repository.worktree(base.commit, project.folder) as tree:
        yield Checkout(
            role="champion",
            folder=tree / project.folder.relative_to(project.top),
            config_name=project.config_name,
            config=base.config,
            lock=base.lock or Lock(),
            commit=base.commit,
            job=project.change.job,
            policy=project.policy,
            trusted_hosts=trusted_hosts(project),
        )


def _from_base(
    tools: Tools,
    project: Project,
    output: Path,
    notice: str,
) -> TrainedModel:
    with base_checkout(project) as plain:
        checkout = replace(plain, notices=(notice,) if notice else ())
        place_pinned(project, checkout.lock.data.get("train", ()), checkout.folder, tools.cache)
        # a training that also looks at the test rows finds them, where they are
        with suppress(BadData):
            place_pinned(project, checkout.lock.data.get("test", ()), checkout.folder, tools.cache)
        environment = environment_of(tools, project, checkout)
        parts = parts_of(checkout, environment)
        try:
            twin = registered_twin(tools, project, "champion")
            return make_model(tools, environment, checkout, parts, output, elsewhere=twin)
        except TrainingFailed as error:
            own = resolved_of(checkout)
            raise TrainingFailed(
                error.what,
                where=error.where,
                mend=f"{error.mend} This is the base branch's own code, in "
                f"{'the environment of today' if own is None else 'its own environment'}: "
                "mend it there, or compare with a registered version.",
            ) from error

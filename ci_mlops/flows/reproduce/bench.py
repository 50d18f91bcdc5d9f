"""Where a version is trained again: each time in a fresh checkout of its commit, from nothing that was kept."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from ci_mlops import repository
from ci_mlops.environments.current import joined
from ci_mlops.errors import BadData
from ci_mlops.flows import store
from ci_mlops.flows.checkout import Checkout, parts_of
from ci_mlops.flows.metric_files import metric_files
from ci_mlops.flows.project import Project
from ci_mlops.flows.reproduce.data import place_data
from ci_mlops.flows.reproduce.restore import Past, checkout_at
from ci_mlops.flows.tools import Tools
from ci_mlops.flows.training import make_model
from ci_mlops.ports import Environment, Finished, Registry
from ci_mlops.records import Lock, TrainedModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A model and its card, in a folder of ours."""

    card: TrainedModel
    files: Path


class Conditioned:
    """The same environment, with more variables. Implements ports.Environment."""

    def __init__(self, own: Environment, variables: Mapping[str, str]) -> None:
        self._own = own
        self._variables = variables

    @property
    def python(self) -> str:
        return self._own.python

    @property
    def python_version(self) -> str:
        return self._own.python_version

    def digest(self) -> str:
        return self._own.digest()

    def packages(self) -> tuple[str, ...]:
        return self._own.packages()

    def run(
        self,
        command: Sequence[str] | str,
        *,
        folder: Path,
        log: Path,
        time_limit: float | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> Finished:
        together = joined(self._variables, variables or {})
        return self._own.run(command, folder=folder, log=log, time_limit=time_limit, variables=together)


class Bench:
    """One version, its past, and a folder to work in."""

    def __init__(self, tools: Tools, past: Past, work: Path) -> None:
        # whatever is asked for here, it is the version's environment: its commit's settings say `current`
        self.tools = replace(tools, environment=lambda *_: past.home.environment)
        self.past = past
        self.work = work
        self.trainings = 0

    def train(self, variables: Mapping[str, str] | None = None) -> Kept:
        """
        Raises:
            TrainingFailed: as every training.
        """
        self.trainings += 1
        output = self.work / f"training-{self.trainings}"
        environment = Conditioned(self.past.home.environment, variables or {})
        with self.checkout() as checkout, tempfile.TemporaryDirectory(prefix="ci-mlops-") as cold:
            # an empty cache: what is known by its fingerprint is what this is to be held against
            tools = replace(self.tools, cache=Path(cold))
            make_model(tools, environment, checkout, parts_of(checkout, environment), output)
        return _kept(output / "models" / "candidate")

    def fetch(self, registry: Registry) -> Kept:
        """
        Raises:
            RegistryFailed: what is stored is not what was judged.
        """
        version = self.past.version
        place = self.work / "registered"
        with tempfile.TemporaryDirectory(prefix="ci-mlops-") as private:
            fetched = registry.fetch(version, Path(private, "fetched"))
            copied = store.copy_model(fetched, Path(private, "copy"))
            card = TrainedModel(
                role="champion",
                name=version.name,
                model=copied,
                fingerprint="",
                # what is known of a model that was trained here is known of this one: its lock, its environment
                origin="trained",
                commit=self.past.restored.commit,
                environment=self.past.restored.environment,
            )
            store.put(card, Path(private, "copy", copied.path), place)
        return _kept(place)

    @contextmanager
    def checkout(self) -> Iterator[Checkout]:
        with repository.worktree(self.past.restored.commit, self.past.project.folder) as tree:
            checkout = checkout_at(self.past, tree)
            place_data(self.past.data, checkout.folder)
            yield checkout

    @contextmanager
    def project(self) -> Iterator[Project]:
        """
        As if the version's commit were all that there is: it is judged by its own policy, on its own rows.

        Raises:
            BadData: rows that are not to be had as they were pinned.
        """
        if lost := next(iter(self.past.data.lost.values()), None):
            raise BadData(
                f"The models can't be compared: {lost.what}",
                where=lost.where,
                mend="Fetch it as it was pinned.",
            )
        with self.checkout() as checkout:
            yield Project(
                folder=checkout.folder,
                config_name=checkout.config_name,
                config=checkout.config,
                lock=Lock(data=checkout.lock.data),
                change=replace(self.past.project.change, base=None),
                top=repository.find_root(checkout.folder),
                commit=checkout.commit,
                metric_files=metric_files(checkout.config, checkout.folder),
            )


def _kept(place: Path) -> Kept:
    found = store.get(place)
    assert found is not None  # noqa: S101 - it was put there a moment ago
    return Kept(card=found[0], files=found[1])

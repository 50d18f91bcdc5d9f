"""A checkout: the code, settings and pinned data that one model is made of, and so its fingerprint."""

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from ci_mlops.config import Config, Train
from ci_mlops.datasets.digest import data_digest
from ci_mlops.errors import BadConfig, BadData
from ci_mlops.flows.code import code_digest, code_files
from ci_mlops.flows.fingerprint import Parts, fingerprint_parts
from ci_mlops.flows.project import LOCK
from ci_mlops.ports import Environment
from ci_mlops.records import FilePin, Lock

Role = Literal["candidate", "champion"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    """The code and settings that one model is made of."""

    role: Role
    folder: Path
    config_name: str
    config: Config
    lock: Lock
    commit: str | None
    job: str = ""
    notices: tuple[str, ...] = ()
    """What a reader of the verdict must not miss."""


def training_of(checkout: Checkout) -> Train:
    if checkout.config.train is None:
        raise BadConfig(
            "ci-mlops.yml does not say how the model is trained",
            where=f"{checkout.config_name} train",
            mend="Add `train: {run: ..., model: {path: ...}}`.",
        )
    return checkout.config.train


def parts_of(checkout: Checkout, environment: Environment) -> Parts:
    settings = training_of(checkout)
    source = settings.model.model_dump(exclude_none=True)
    files = code_files(checkout.folder, leave_out=_not_code(checkout), inputs=settings.inputs or ())
    if settings.inputs and not files:
        raise BadConfig(
            f"`train.inputs` matches no file: {', '.join(settings.inputs)}",
            where=checkout.config.where("train", "inputs"),
            mend="Name files, folders or globs of code, relative to the config's folder.",
        )
    return fingerprint_parts(
        code=code_digest(files),
        train_data=f"sha256:{data_digest(train_pins(checkout))}",
        environment=environment.digest(),
        run=settings.run,
        source=source,
        parameters=settings.parameters,
    )


def train_pins(checkout: Checkout) -> tuple[FilePin, ...]:
    pins = checkout.lock.data.get("train", ())
    if not pins:
        raise BadData(
            "No training data is pinned", where=LOCK, mend="`ci-mlops pin`, then commit ci-mlops.lock."
        )
    return pins


def _not_code(checkout: Checkout) -> set[PurePosixPath]:
    pinned = {PurePosixPath(pin.path) for pins in checkout.lock.data.values() for pin in pins}
    model = training_of(checkout).model.path
    written = {PurePosixPath(model)} if model else set()
    return pinned | written | {PurePosixPath(checkout.config_name), PurePosixPath(LOCK)}

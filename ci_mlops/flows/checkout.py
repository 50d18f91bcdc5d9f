"""A checkout: the code, settings and pinned data that one model is made of, and so its fingerprint."""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from ci_mlops.config import Config, Train
from ci_mlops.datasets.digest import data_digest
from ci_mlops.errors import BadConfig, BadData
from ci_mlops.files.digest import tree_digest
from ci_mlops.flows.code import CodeFile, code_digest, code_files, is_code, names_in
from ci_mlops.flows.fingerprint import Parts, fingerprint_parts
from ci_mlops.flows.project import LOCK
from ci_mlops.ports import Environment
from ci_mlops.records import FilePin, Lock
from ci_mlops.repository import find_root

_LONGEST_POINTER = 1024
_POINTER = re.compile(
    rb"\Aversion https://git-lfs\.github\.com/spec/v1\n(?:.*\n)*oid sha256:([0-9a-f]{64})\n"
)
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
    policy: Config | None = None
    """Base's, where it has one: its registry is asked for a prebuilt model."""
    trusted_hosts: frozenset[str] | None = frozenset()
    """Endpoints that may get the token; None: any, as on a laptop."""


def training_of(checkout: Checkout) -> Train:
    if checkout.config.train is None:
        raise BadConfig(
            "ci-mlops.yml does not say how the model is trained",
            where=f"{checkout.config_name} train",
            mend="Add `train: {run: ..., model: {path: ...}}`.",
        )
    return checkout.config.train


def parts_of(checkout: Checkout, environment: Environment, code: tuple[CodeFile, ...] | None = None) -> Parts:
    """`code`: its files, where they were read already."""
    settings = training_of(checkout)
    files = code_of(checkout) if code is None else code
    if settings.inputs and not files:
        raise BadConfig(
            f"`train.inputs` matches no file: {', '.join(settings.inputs)}",
            where=checkout.config.where("train", "inputs"),
            mend="Name files, folders or globs of code, relative to the config's folder.",
        )
    return parts_with(checkout, code=code_digest(files), environment=environment.digest())


def parts_with(checkout: Checkout, *, code: str, environment: str) -> Parts:
    settings, pins = training_of(checkout), train_pins(checkout)
    return fingerprint_parts(
        code=code,
        train_data=f"sha256:{data_digest(pins)}" if pins else "none",
        environment=environment,
        run=settings.run,
        source=settings.model.model_dump(exclude_none=True, exclude_defaults=True)
        | prebuilt_digest(checkout)
        | _place(checkout),
        parameters=settings.parameters,
        predict=checkout.config.predict.run if checkout.config.predict else None,
    )


def _place(checkout: Checkout) -> dict[str, str]:
    """Where the command runs: code is that of the whole repository, in which `python train.py` means another file in each folder."""
    here = checkout.folder.resolve()
    top = here if training_of(checkout).inputs else (find_root(here) or here).resolve()
    return {} if here == top else {"folder": here.relative_to(top).as_posix()}


def prebuilt_digest(checkout: Checkout) -> dict[str, str]:
    """Of a prebuilt model that lies beside the config; it is what the fingerprint is about, and no code."""
    uri = training_of(checkout).model.uri
    if uri is None or not is_beside(uri):
        return {}
    place = checkout.folder / uri
    if not place.exists():
        return {}
    # a job that judges may have the pointer only, and it names the same digest
    return {"digest": _pointed_to(place) or tree_digest(place)}


def _pointed_to(place: Path) -> str:
    """What a Git LFS pointer points to; empty: it is none."""
    if not place.is_file() or place.stat().st_size > _LONGEST_POINTER:
        return ""
    found = _POINTER.search(place.read_bytes())
    return f"sha256:{found[1].decode()}" if found else ""


def is_beside(uri: str) -> bool:
    """A file or folder of the repository; not a registry's version, nor an endpoint."""
    return ":/" not in uri


def train_pins(checkout: Checkout) -> tuple[FilePin, ...]:
    pins = checkout.lock.data.get("train", ())
    if not pins and training_of(checkout).model.kind != "uri":
        raise BadData(
            "No training data is pinned", where=LOCK, mend="`ci-mlops pin`, then commit ci-mlops.lock."
        )
    return pins


def code_of(checkout: Checkout) -> tuple[CodeFile, ...]:
    """From the repository's top, as a config's folder may import what lies beside it; `train.inputs` narrows."""
    settings = training_of(checkout)
    here = checkout.folder.resolve()
    top = here if settings.inputs else (find_root(here) or here).resolve()
    predict = checkout.config.predict
    return code_files(
        top,
        leave_out=_below(top, here, _not_code(checkout)),
        made=_below(top, here, _made(checkout)),
        inputs=settings.inputs or (),
        commands=names_in(settings.run, predict.run if predict else None),
    )


def code_among(checkout: Checkout, paths: Iterable[PurePosixPath]) -> list[PurePosixPath]:
    """Which of these paths, relative to the repository's top, are code of the model; as `code_of` says it of files."""
    settings, predict = training_of(checkout), checkout.config.predict
    here = checkout.folder.resolve()
    root = (find_root(here) or here).resolve()
    top = here if settings.inputs else root
    own = PurePosixPath(top.relative_to(root))
    leave_out = _below(top, here, _not_code(checkout))
    commands = names_in(settings.run, predict.run if predict else None)
    return [
        path
        for path in paths
        if path.is_relative_to(own)
        and is_code(
            path.relative_to(own),
            leave_out=leave_out,
            inputs=settings.inputs or (),
            commands=commands,
            is_tracked=True,
        )
    ]


def _below(top: Path, here: Path, paths: Iterable[str | Path]) -> set[PurePosixPath]:
    places = {Path(os.path.normpath(here / path)) for path in paths}
    return {PurePosixPath(place.relative_to(top)) for place in places if place.is_relative_to(top)}


def _not_code(checkout: Checkout) -> set[str]:
    pinned = {pin.path for pins in checkout.lock.data.values() for pin in pins}
    uri = training_of(checkout).model.uri
    prebuilt = {uri} if uri and is_beside(uri) else set()
    registry = checkout.config.registry
    keys = set(registry.passport.keys) if registry and registry.passport else set()
    return pinned | prebuilt | keys | {checkout.config_name, LOCK}


def _made(checkout: Checkout) -> set[str | Path]:
    """What a training and a registration leave behind."""
    settings, registry = training_of(checkout).model, checkout.config.registry
    written: set[str | Path] = {settings.path} if settings.path else set()
    if settings.kind == "mlflow":
        # where the script logs to when somebody runs it by hand
        written |= {"mlruns", "mlartifacts", "mlflow.db"}
    start = "sqlite:///"
    if registry and registry.uri.startswith(start):
        database = checkout.folder / registry.uri.removeprefix(start)
        beside = {database.with_name(f"{database.name}-{kind}") for kind in ("journal", "wal", "shm")}
        written |= {database, database.parent / "mlartifacts", *beside}
    return written

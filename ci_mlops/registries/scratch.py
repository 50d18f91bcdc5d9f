"""Try what `register`, `promote` and `rollback` will do, by the very code that they do it with, on a model that is removed again."""

import secrets
from collections.abc import Mapping
from pathlib import Path

from ci_mlops.errors import RegistryFailed
from ci_mlops.records import Version
from ci_mlops.registries.address import Address, read_address, refuse_throwaway_disk
from ci_mlops.registries.client import open_client
from ci_mlops.registries.mlflow import MlflowRegistry
from ci_mlops.registries.refusals import explain
from ci_mlops.registries.store import Stored
from ci_mlops.registries.trail import trail_name

_STAGE = "staging"
# an event with its reason, its waivers and its conditions has that many letters
_EVENT = "an event, é" * 270
# a server takes no files of a run that it is not told, and asks for none of one that it is
_NO_RUN = "0" * 32


def try_writes(uri: str, environ: Mapping[str, str]) -> str:
    """
    What was shown, in one sentence.

    Raises:
        RegistryFailed: a version can't be made, nothing can point to it, or the audit trail can't be kept; the scratch
            model is gone, or named.
    """
    address = read_address(uri, Path.cwd())
    refuse_throwaway_disk(address, environ, writing=True)
    registry = MlflowRegistry(uri, (_STAGE,), environ=environ)
    name = f"ci-mlops-doctor-{secrets.token_hex(4)}"
    try:
        pointed = _try(registry, name, address)
    except RegistryFailed as failed:
        _remove_after(failed, name, address)
        raise
    _remove(name, address)
    return f"A scratch model was made, {pointed}, events of its audit trail were added and read in order, and it was removed again."


def _try(registry: MlflowRegistry, name: str, address: Address) -> str:
    like = Stored(name=name, number="", source=f"runs:/{_NO_RUN}/none", run=_NO_RUN, created=0)
    number = registry.store.add(name, like, {}, "Made by `ci-mlops doctor`, to be removed again.")
    pointed = _point(registry, name, number, address)
    _keep_trail(registry, Version(name=name, number=number, digest=""), address)
    return pointed


def _point(registry: MlflowRegistry, name: str, number: str, address: Address) -> str:
    registry.move(name, _STAGE, number)
    held = registry.pointers(name).get(_STAGE, "nothing")
    if held != number:
        raise RegistryFailed(
            f"A stage was set to version {number}, and points to {held}",
            where=address.shown,
            mend="Ask whoever runs the server: a pointer must be what it was set to.",
        )
    if _STAGE in (registry.store.aliases(name) or {}):
        return "an alias was set and read"
    return "the server knows no aliases, so a tag was set and found by listing"


def _keep_trail(registry: MlflowRegistry, about: Version, address: Address) -> None:
    texts = [f"{at} {_EVENT}" for at in range(3)]
    numbers = [registry.add_entry(about, text, f"digest {text[0]}") for text in texts]
    entries = registry.entries(about.name)
    if numbers != [1, 2, 3] or [one.number for one in entries] != numbers:
        raise _no_trail(f"three events got the numbers {numbers}, where 1, 2 and 3 are needed", address)
    if [(one.text, one.digest) for one in entries] != [(text, f"digest {text[0]}") for text in texts]:
        raise _no_trail(f"an event of {len(_EVENT)} letters is not read as it was written", address)
    registry.settle(about, 2, "digest 1")
    if [one.settled for one in registry.entries(about.name)] != [False, True, False]:
        raise _no_trail("a note beside an event is not kept", address)


def _no_trail(why: str, address: Address) -> RegistryFailed:
    return RegistryFailed(
        f"The registry can't hold the audit trail: {why}",
        where=address.shown,
        mend="Use an MLflow server (2.3 or newer) as the registry.",
    )


def _remove_after(failed: RegistryFailed, name: str, address: Address) -> None:
    """Whatever refuses the one may refuse the other: what failed first is what is to be mended."""
    try:
        _remove(name, address)
    except RegistryFailed as left:
        mend = f"{failed.mend} Then remove {name} and {trail_name(name)} by hand, where they are."
        raise RegistryFailed(failed.what, where=failed.where, mend=mend.strip()) from left


def _remove(name: str, address: Address) -> None:
    from mlflow.exceptions import MlflowException

    client = open_client(address)
    for made in (trail_name(name), name):
        try:
            client.delete_registered_model(made)
        except MlflowException as error:
            if error.error_code == "RESOURCE_DOES_NOT_EXIST":
                continue
            told = explain(error.error_code, str(error.message)[:200], address.shown)
            raise RegistryFailed(
                f"The scratch model {made} can't be removed: {told.what}",
                where=address.shown,
                mend=f"Remove {made} by hand. A token that can't delete is fine for ci-mlops: it never does.",
            ) from error

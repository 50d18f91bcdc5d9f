"""Paths that may not leave their folder, and models that MLflow can give back."""

from pathlib import Path, PurePosixPath

from ci_mlops.errors import BadData, RegistryFailed
from ci_mlops.files.digest import tree_digest
from ci_mlops.records import Registration, Version
from ci_mlops.records.tags import STORED


def inside(folder: Path, relative: str) -> Path:
    """
    The place of a name that a server told us.

    Raises:
        RegistryFailed: it would leave the folder.
    """
    pure = PurePosixPath(relative)
    if pure.is_absolute() or ".." in pure.parts or "\0" in relative:
        raise RegistryFailed(
            f"The registry names a file outside its folder: {relative!r}",
            mend="Nothing was written there. Somebody tampered with this version: look at it before you use it.",
        )
    return folder / pure


def check_model(registration: Registration) -> None:
    """
    Raises:
        RegistryFailed: not what was judged, or nothing that MLflow could give back.
    """
    model = registration.model
    files = [model, *model.rglob("*")] if model.is_dir() else [model]
    # MLflow's artifact addresses end at `#` and `?`, and read `%` twice
    odd = next((file for file in files if set(file.name) & set("#?%") or not file.name.isprintable()), None)
    if odd is not None:
        raise RegistryFailed(
            f"MLflow can't keep a file of this name: {odd.name!r}",
            where=str(model),
            mend="Write the model under names without `#`, `?`, `%` and line ends.",
        )
    digest = tree_digest(model)
    if digest != registration.digest:
        raise RegistryFailed(
            f"The model is {digest}, but {registration.digest} was judged",
            where=str(model),
            mend="Validate it again: only what was judged is registered.",
        )


def check_fetched(version: Version, model: Path, stored: Path | None) -> None:
    """
    `model`: the judged files as they were fetched; `stored`: the version's whole folder, where its digest is known.

    Raises:
        RegistryFailed: not what was judged, or served by something else than was written around it.
    """
    found = _digest(model)
    if found != version.digest:
        raise RegistryFailed(
            f"Version {version.number} of {version.name} is not what was judged: its files are {found}",
            where=f"{version.uri} (judged: {version.digest})",
            mend="Somebody changed the stored files. Register the model again; `ci-mlops rollback --to VERSION` takes another one.",
        )
    if stored is not None and _digest(stored) != version.tags[STORED]:
        raise RegistryFailed(
            f"Version {version.number} of {version.name} is not stored as it was registered: what serves it (MLmodel, "
            "requirements.txt or the loader beside it) was changed",
            where=version.uri,
            mend="Somebody changed the stored files. Register the model again; `ci-mlops rollback --to VERSION` takes another one.",
        )


def _digest(place: Path) -> str:
    try:
        return tree_digest(place)
    except BadData as error:
        return f"damaged ({error.what})"

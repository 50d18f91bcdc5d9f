"""Models kept in folders: by fingerprint in the cache, by role in the output. Written beside, then renamed."""

import shutil
import tempfile
import time
from pathlib import Path

import msgspec

from ci_mlops.errors import BadData, TrainingFailed
from ci_mlops.files.digest import tree_digest
from ci_mlops.files.walking import walk
from ci_mlops.records import Model, TrainedModel

CARD = "model.json"
MODEL = "model"
_BESIDE = ".tmp-"


def copy_model(source: Path, into: Path) -> Model:
    """
    The files of a model, byte for byte, below `into/model`.

    Raises:
        TrainingFailed: it holds something that is no file or folder, or no file at all.
    """
    try:
        if source.is_dir():
            # in plain words, and before a link to `/` is followed
            walk(str(source.resolve()), "", {}, hidden=True)
            target = into / MODEL
            shutil.copytree(source, target)
        else:
            target = into / MODEL / source.name
            target.parent.mkdir(parents=True)
            shutil.copyfile(source, target)
        digest = tree_digest(target)
    except (shutil.Error, OSError, BadData) as error:
        raise TrainingFailed(
            f"The model can't be copied: {str(error).splitlines()[0]}",
            where=str(source),
            mend="A model is a file, or a folder of files.",
        ) from error
    files = [file for file in target.rglob("*") if file.is_file()] if target.is_dir() else [target]
    return Model(
        digest=digest,
        path=target.relative_to(into).as_posix(),
        kind="folder" if target.is_dir() else "file",
        size=sum(file.stat().st_size for file in files),
    )


def put(card: TrainedModel, source: Path, place: Path) -> None:
    """`place` holds the model and its card afterwards, or what it held before; `source` is the model itself."""
    place.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f"{_BESIDE}{place.name}-", dir=place.parent))
    try:
        copied = copy_model(source, beside)
        if copied.digest != card.model.digest:
            raise BadData(
                f"The model changed while it was copied: {copied.digest}, was {card.model.digest}",
                where=str(source),
                mend="Does something still write to it? Run again.",
            )
        (beside / CARD).write_bytes(msgspec.json.format(msgspec.json.encode(card)))
        beside.chmod(0o755)
        replace_folder(beside, place)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def replace_folder(fresh: Path, place: Path) -> None:
    if place.exists():
        # a folder that holds files can't be renamed over; the moment between is covered by `get`: nothing there
        gone = Path(tempfile.mkdtemp(prefix=f"{_BESIDE}{place.name}-", dir=place.parent))
        place.rename(gone / place.name)
        fresh.rename(place)
        shutil.rmtree(gone, ignore_errors=True)
        return
    try:
        fresh.rename(place)
    except OSError:
        if not place.exists():
            raise
        # another run was faster with the same fingerprint: what is there is as good


def get(place: Path) -> tuple[TrainedModel, Path] | None:
    """
    The card and the model; None: nothing is there.

    Raises:
        BadData: what is there is not what was put there.
    """
    card = get_card(place)
    if card is None:
        return None
    card_file = place / CARD
    try:
        model = (place / card.model.path).resolve()
    except (OSError, ValueError) as error:
        # a name with a NUL in it
        raise BadData(f"{CARD} can't be read: {error}", where=str(card_file), mend=_RUN_AGAIN) from error
    if not model.is_relative_to(place.resolve()) or not model.exists():
        raise BadData(f"{CARD} names a model that is not there", where=str(card_file), mend=_RUN_AGAIN)
    found = tree_digest(model)
    if found != card.model.digest:
        raise BadData(
            f"The model is {found[:19]}, and was {card.model.digest[:19]} when it was trained",
            where=str(model),
            mend=_RUN_AGAIN,
        )
    return card, model


def get_card(place: Path) -> TrainedModel | None:
    """
    The card alone; None: nothing is there.

    Raises:
        BadData: it is no card.
    """
    card_file = place / CARD
    if not card_file.is_file():
        return None
    try:
        return msgspec.json.decode(card_file.read_bytes(), type=TrainedModel)
    except (OSError, ValueError, RecursionError) as error:
        raise BadData(f"{CARD} can't be read: {error}", where=str(card_file), mend=_RUN_AGAIN) from error


def drop(place: Path) -> None:
    shutil.rmtree(place, ignore_errors=True)


def sweep(folder: Path, *, older_than: float = 0.0) -> None:
    """Remove what killed runs left half-written; where others may be writing, only what is old (seconds)."""
    for left in folder.glob(f"{_BESIDE}*"):
        if time.time() - left.stat().st_mtime >= older_than:
            drop(left)


_RUN_AGAIN = "Run `ci-mlops train` again; a hand-over between jobs must keep the folder whole."

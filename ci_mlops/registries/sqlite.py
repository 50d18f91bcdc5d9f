"""A new MLflow database, whole or not at all."""

import os
import shutil
import tempfile
from pathlib import Path

from ci_mlops.errors import RegistryFailed

_BESIDE = ".mlflow-"
_MAGIC = b"SQLite format 3\0"


def make_database(path: Path) -> None:
    """
    Make the tables beside the place and link the file in: a kill amid MLflow's sixty migrations would leave a
    database that MLflow can't open again.
    """
    sweep(path.parent)
    if path.exists():
        _check(path)
        return
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f"{_BESIDE}{os.getpid()}-", dir=path.parent) as folder:
            made = Path(folder) / "mlflow.db"
            store = SqlAlchemyStore(f"sqlite:///{made}", artifact_folder(path).as_uri())  # type: ignore[no-untyped-call]  # MLflow's stores carry no types
            store.engine.dispose()
            try:
                os.link(made, path)
            except FileExistsError:
                return  # somebody else made it meanwhile, whole as well
    except OSError as error:
        raise RegistryFailed(
            f"The registry's database can't be made: {error.strerror or error}",
            where=str(path),
            mend="Is the folder writable?",
        ) from error


def _check(path: Path) -> None:
    # MLflow tries to open what is no database for minutes
    try:
        with path.open("rb") as file:
            start = file.read(len(_MAGIC))
    except OSError as error:
        raise RegistryFailed(
            f"The registry's database can't be read: {error.strerror or error}",
            where=str(path),
            mend="Name a file that this user may read and write.",
        ) from error
    if start not in (b"", _MAGIC):
        raise RegistryFailed(
            "The registry's database is no SQLite file",
            where=str(path),
            mend="Name another file; a new one is made where there is none.",
        )


def sweep(folder: Path) -> None:
    """Remove what killed processes left of databases in the making."""
    for left in folder.glob(f"{_BESIDE}*"):
        maker = left.name.removeprefix(_BESIDE).partition("-")[0]
        if maker.isdigit() and not _alive(int(maker)):
            shutil.rmtree(left, ignore_errors=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # somebody else's, and alive
    return True


def artifact_folder(database: Path) -> Path:
    """Beside the database, and absolute: MLflow would put artifacts into whatever folder it is started in."""
    return database.parent / "mlartifacts"

"""One table in many files: a folder of them, or a pattern."""

from pathlib import Path

from ci_mlops.datasets.dialect import format_of
from ci_mlops.datasets.tables import table_columns
from ci_mlops.errors import BadData

_WILD = "*?["


def files_of(path: Path, title: str) -> tuple[Path, ...]:
    """
    In the order of their names.

    Raises:
        BadData: there is none, or they have other columns than the first.
    """
    if path.is_file():
        return (path,)
    if path.is_dir():
        # engines leave files of their own beside the tables: _SUCCESS, .part-0.parquet.crc
        found = [file for file in path.rglob("*") if format_of(file.name) and file.name[0] not in "._"]
    elif any(sign in str(path) for sign in _WILD):
        found = [
            file
            for file in Path(path.anchor or ".").glob(str(path.relative_to(path.anchor)))
            if file.is_file()
        ]
    else:
        found = []
    if not found:
        lone = not path.is_dir() and not any(sign in path.name for sign in _WILD)
        raise BadData(
            f"{title}: there is no file {path.name}" if lone else f"{title}: no table in {path.name}",
            where=str(path),
            mend="Look at the path and its spelling."
            if lone
            else "It needs files that end with .parquet or .csv.",
        )
    files = tuple(sorted(found))
    columns = set(table_columns(files[0]))
    for file in files[1:]:
        if set(table_columns(file)) != columns:
            raise BadData(
                f"{title}: {file.name} has other columns than {files[0].name}",
                where=str(file),
                mend="Files of one folder are one table: write all of them with the same columns.",
            )
    return files

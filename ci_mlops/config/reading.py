"""Read `ci-mlops.yml`: every problem in one go, each with file and line."""

from collections.abc import Iterable
from pathlib import Path

from pydantic import ValidationError

from ci_mlops.config.checks import check
from ci_mlops.config.document import LARGEST, Document, read_document
from ci_mlops.config.draft import what_holds, whole
from ci_mlops.config.findings import Finding, findings
from ci_mlops.config.settings import Config
from ci_mlops.errors import BadConfig, CiMlopsError, Problems

_LONGEST = 400


def read_config(path: Path, *, name: str | None = None) -> Config:
    """
    Args:
        path: The file.
        name: What the lines of the file are told by; default: the file's name.

    Raises:
        Problems: everything that is wrong with the file.
    """
    name = name or path.name
    try:
        if not path.is_file():
            raise Problems([_no_file(path)])
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise Problems([BadConfig(f"the config can't be read: {error.strerror}", where=str(path))]) from error
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        # a character that the size limit cuts through is not the problem
        if len(data) > LARGEST:
            text = data.decode(errors="replace")
        else:
            line = data.count(b"\n", 0, error.start) + 1
            problem = BadConfig("the file is not UTF-8", where=f"{name}:{line}", mend="Save it as UTF-8.")
            raise Problems([problem]) from error
    return parse_config(text, name=name)


def parse_config(text: str, *, name: str = "ci-mlops.yml") -> Config:
    """
    Raises:
        Problems: everything that is wrong with the text.
    """
    try:
        document = read_document(text, name)
    except BadConfig as error:
        raise Problems([error]) from error
    try:
        config = Config.model_validate(document.values, context=document.marks)
    except ValidationError as error:
        errors = error.errors(include_url=False)
        for one in errors:
            one["loc"] = document.marks.written(one["loc"])
        found = [*findings(errors), *check(what_holds(document, errors))]
        raise Problems(_problems(document, found)) from None
    problems = _problems(document, check(whole(document, config)))
    if problems:
        raise Problems(problems)
    return config


def _problems(document: Document, found: Iterable[Finding]) -> list[CiMlopsError]:
    """All of them, in the order of the file."""
    marks = document.marks
    told = {
        (marks.line(finding.loc), finding.what): BadConfig(
            _short(finding.what), where=marks.where(finding.loc), mend=_short(finding.mend)
        )
        for finding in found
        if not any(finding.loc[:length] in document.told for length in range(1, len(finding.loc) + 1))
    }
    lines: list[tuple[int, CiMlopsError]] = [(line, problem) for (line, _), problem in told.items()]
    lines += [(line, problem) for line, problem in document.problems]
    return [problem for _, problem in sorted(lines, key=lambda pair: pair[0])]


def _short(text: str) -> str:
    """On one line: a message may quote what the file says, however long that is."""
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def _no_file(path: Path) -> BadConfig:
    if path.exists():
        return BadConfig("the config is not a file", where=str(path), mend="Name the file itself.")
    return BadConfig(
        "there is no config",
        where=str(path),
        mend="`ci-mlops init` proposes one; or name it with `--config FILE`.",
    )

"""Annotations and outputs as the runner reads them. Pure: nothing is printed or written here."""

import re
import secrets
import unicodedata
from collections.abc import Mapping

from ci_mlops.errors import PlatformFailed
from ci_mlops.records import Annotation

OUTPUT_NAME = re.compile(r"[a-z][a-z0-9_-]{0,63}")


def annotation_command(annotation: Annotation) -> str:
    """`::error file=ci-mlops.yml,line=21,title=Recall is worse::...`, whatever the texts hold."""
    properties = {
        "file": annotation.file,
        "line": str(annotation.line) if annotation.line is not None else "",
        "title": annotation.title,
    }
    written = ",".join(f"{name}={_property(value)}" for name, value in properties.items() if value)
    head = f"{annotation.level} {written}" if written else annotation.level
    return f"::{head}::{_data(annotation.message)}"


def output_lines(outputs: Mapping[str, str]) -> str:
    """
    What is appended to GITHUB_OUTPUT: each value between lines that nobody can foresee.

    Raises:
        PlatformFailed: a name or a value that the runner could misread; nothing is to be written then.
    """
    return "".join(_output(name, value) for name, value in outputs.items())


def _output(name: str, value: str) -> str:
    if not OUTPUT_NAME.fullmatch(name):
        raise PlatformFailed(f"`{name!a}` can't be the name of an output", where="GITHUB_OUTPUT")
    if any(unicodedata.category(letter) == "Cc" and letter not in "\n\t" for letter in value):
        raise PlatformFailed(f"The output `{name}` holds control characters", where="GITHUB_OUTPUT")
    delimiter = f"ci-mlops-{secrets.token_hex(16)}"
    return f"{name}<<{delimiter}\n{value}\n{delimiter}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")

"""Logging commands as the agent reads them: `##vso[area.action name=value;]data`. Pure: nothing is printed here."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path

from ci_mlops.errors import PlatformFailed
from ci_mlops.records import Annotation

OUTPUT_NAME = re.compile(r"[a-z][a-z0-9_-]{0,63}")
UNTAGGABLE = re.compile(r"[^A-Za-z0-9._ -]+")
# the agent acts on a command anywhere in a line, and colours a line that begins with `##[`
LINE_ENDS = re.compile(r"[\r\n\x85\u2028\u2029]+")


def annotation_command(annotation: Annotation) -> str:
    """`##vso[task.logissue type=error;sourcepath=ci-mlops.yml;linenumber=21;]Recall is worse: ...`"""
    text = f"{annotation.title}: {annotation.message}" if annotation.title else annotation.message
    if annotation.level == "notice":
        # an issue is an error or a warning here; what is neither is a plain line of the log
        return LINE_ENDS.sub(" ", text).replace("##", "# #")
    return _command(
        "task.logissue",
        text,
        type=annotation.level,
        sourcepath=annotation.file,
        linenumber=str(annotation.line) if annotation.line is not None else "",
    )


def output_commands(outputs: Mapping[str, str]) -> list[str]:
    """
    Variables that later steps, jobs and stages can ask for: `dependencies.gate.outputs['tell.exit_code']`.

    Raises:
        PlatformFailed: a name or a value that the agent could misread; nothing is to be said then.
    """
    return [_output(name, value) for name, value in outputs.items()]


def tag_commands(tags: Sequence[str]) -> list[str]:
    return [_command("build.addbuildtag", UNTAGGABLE.sub("-", tag)) for tag in tags]


def summary_command(page: Path) -> str:
    """The page's name, without its ending, is the heading that the run's tab shows."""
    return _command("task.uploadsummary", str(page))


def file_command(file: Path) -> str:
    """Beside the logs of the job, in the zip that a reader can download."""
    return _command("task.uploadfile", str(file))


def variable_name(output: str) -> str:
    """`exit-code` is `exit_code` here: with a dash neither a shell nor `variables.x` can name it."""
    return output.replace("-", "_")


def _output(name: str, value: str) -> str:
    if not OUTPUT_NAME.fullmatch(name):
        raise PlatformFailed(f"`{name!a}` can't be the name of an output", where="task.setvariable")
    if any(unicodedata.category(letter) == "Cc" and letter not in "\n\t" for letter in value):
        raise PlatformFailed(f"The output `{name}` holds control characters", where="task.setvariable")
    return _command("task.setvariable", value, variable=variable_name(name), isOutput="true")


def _command(action: str, data: str, **properties: str) -> str:
    written = "".join(f"{name}={_property(value)};" for name, value in properties.items() if value)
    return f"##vso[{action}{' ' + written if written else ''}]{_data(data)}"


def _data(text: str) -> str:
    return text.replace("%", "%AZP25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(";", "%3B").replace("]", "%5D")

"""The pipeline file of Azure, made of the template that the repository of ci-mlops keeps: the lines marked HERE are filled in."""

import re
from collections.abc import Sequence

from ci_mlops.survey.ci_file import WRITTEN, quoted

BRANCH = "    include: [main] # HERE: your default branch\n"
PYTHON = '      python_version: "3.12" # HERE\n'
INSTALL = "      install: -r requirements.txt # HERE\n"
COPY = re.compile(r"Copy this file to \S+ and adapt the lines marked HERE\.")
PLACES = (".azure-pipelines", ".pipelines")
"""Folders that teams keep their pipelines in; else they lie at the top."""


def pipeline_path(folders: Sequence[str]) -> str:
    """Where the file goes, from the repository's top; `folders` are those that are there."""
    found = next((place for place in PLACES if place in folders), None)
    return f"{found}/ci-mlops.yml" if found else "azure-pipelines-ci-mlops.yml"


def pipeline(
    text: str,
    *,
    branch: str | None,
    python: str | None,
    environment: str,
    install: Sequence[str],
    config: str,
) -> str:
    """
    Args:
        text: The template.
        branch: The default branch; None leaves the mark.
        python: Version to set up; None leaves the mark.
        environment: As the config says; what it declares is installed by ci-mlops itself.
        install: Words of `pip install` where the environment is `current`.
        config: Path of the config from the repository's root.
    """
    made = COPY.sub(f"{WRITTEN}; look at the lines marked HERE.", text)
    if branch is not None:
        made = made.replace(BRANCH, f"    include: [{quoted(branch)}]\n")
    if python is not None:
        made = made.replace(PYTHON, f'      python_version: "{python}"\n')
    if environment != "current":
        made = made.replace(INSTALL, '      install: "" # ci-mlops installs what ci-mlops.yml declares\n')
    elif install:
        made = made.replace(INSTALL, f"      install: {quoted(' '.join(install))} # HERE: check it\n")
    if config != "ci-mlops.yml":
        made = made.replace("    parameters:\n", f"    parameters:\n      config: {quoted(config)}\n")
    return made

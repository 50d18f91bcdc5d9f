"""The workflow file, made of the template that the repository of ci-mlops keeps: the lines marked HERE are filled in."""

import re
from collections.abc import Sequence
from pathlib import Path

import ci_mlops

BRANCH = "    branches: [main] # HERE: your default branch\n"
PYTHON = '          python-version: "3.12" # HERE\n'
INSTALL = "      - name: Install what the training needs\n        run: python -m pip install -r requirements.txt # HERE\n"
USES = re.compile(r"        uses: ci-mlops/ci-mlops@\S+.*\n(        with:\n)?")
WRITTEN = "Written by `ci-mlops init`"
COPY = re.compile(r"Copy this file to \S+ and adapt the lines marked HERE\.")


def template(name: str = "github/ci-mlops.yml") -> str:
    """In an installed package it lies inside, in a checkout beside it."""
    home = Path(ci_mlops.__file__).parent
    places = (home / "templates", home.parent / "templates")
    found = next(place for place in places if place.is_dir())
    return (found / name).read_text(encoding="utf-8")


def workflow(
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
        made = made.replace(BRANCH, f"    branches: [{quoted(branch)}]\n")
    if python is not None:
        made = made.replace(PYTHON, f'          python-version: "{python}"\n')
    if environment != "current":
        made = made.replace(f"{INSTALL}\n", "").replace(INSTALL, "")
    elif install:
        step = INSTALL.replace("-r requirements.txt # HERE", f"{' '.join(install)} # HERE: check it")
        made = made.replace(INSTALL, step)
    if config != "ci-mlops.yml":
        given = "        with:\n"
        made = USES.sub(
            lambda hit: f"{hit[0]}{'' if hit[1] else given}          config: {quoted(config)}\n", made
        )
    return made


def quoted(word: str) -> str:
    return word if re.fullmatch(r"[A-Za-z][A-Za-z0-9_./-]*", word) else "'" + word.replace("'", "''") + "'"

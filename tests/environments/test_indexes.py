"""Where packages are: told to the tools that install, never kept in the lock, never shown to the team's code."""

import os
import subprocess

from ci_mlops.environments.declaration import read_declaration
from ci_mlops.environments.index import for_pip, index_arguments
from ci_mlops.environments.install_variables import for_uv, install_variables
from ci_mlops.environments.opening import open_environment
from ci_mlops.environments.solving import solve
from ci_mlops.environments.uv import find_uv
from ci_mlops.errors import BadConfig

from .wheels import shelf

PROJECT = """\
[project]
name = "credit"
version = "0"
requires-python = ">=3.9"
dependencies = ["lending<2"]

[build-system]
requires = ["backend"]
build-backend = "backend"

[tool.uv]
no-index = true
find-links = ["shelf"]
"""


def lock(folder, environ):
    subprocess.run([find_uv(environ), "lock", "--quiet"], cwd=folder, env=environ, check=True)


def project(folder, environ):
    shelf(folder / "shelf")
    (folder / "pyproject.toml").write_text(PROJECT)
    (folder / "src" / "credit").mkdir(parents=True)
    (folder / "src" / "credit" / "__init__.py").write_text("from lending import VERSION\n")
    lock(folder, environ)
    return folder


def test_a_project_of_uvs_runs_with_its_own_code_and_the_folder_that_it_names(tmp_path):
    environ = dict(os.environ)
    folder = project(tmp_path / "team", environ)
    resolved = solve(read_declaration(folder, "uv.lock"), python=None, environ=environ).environment
    environment = open_environment(
        "uv.lock", folder, resolved, cache=tmp_path / "cache", environ=environ, say=lambda line: None
    )

    finished = environment.run(
        ["python", "-c", "import credit; print(credit.VERSION)"], folder=folder, log=tmp_path / "run.log"
    )

    assert finished.tail.strip() == "1.0"
    assert resolved.local == (".",)


def test_a_uv_lock_that_is_not_what_the_project_asks_for_is_refused(tmp_path):
    environ = dict(os.environ)
    folder = project(tmp_path / "team", environ)
    (folder / "pyproject.toml").write_text(PROJECT.replace("lending<2", "lending>=2"))

    try:
        solve(read_declaration(folder, "uv.lock"), python=None, environ=environ)
    except BadConfig as error:
        told = error

    assert "is not what pyproject.toml asks for" in told.what
    assert told.mend.startswith("`uv lock`")


def test_options_become_arguments_with_whole_paths_and_variables(tmp_path):
    options = [
        ("--extra-index-url https://me:${TOKEN}@index.example/simple", tmp_path),
        ("--find-links=wheels", tmp_path),
        ("-f https://files.example/links.html", tmp_path),
        ("--index torch=https://index.example/cpu", tmp_path),
        ("--no-index", tmp_path),
    ]

    words = index_arguments(options, {"TOKEN": "t"})

    assert words == [
        "--extra-index-url",
        "https://me:t@index.example/simple",
        "--find-links",
        str(tmp_path / "wheels"),
        "-f",
        "https://files.example/links.html",
        "--index",
        "torch=https://index.example/cpu",
        "--no-index",
    ]
    assert for_pip(words[6:8]) == ["--extra-index-url", "https://index.example/cpu"]
    assert for_pip(["--default-index", "https://index.example/a=b"]) == [
        "--index-url",
        "https://index.example/a=b",
    ]


def test_tools_that_install_see_the_index_and_its_login(tmp_path):
    told = {
        "PIP_INDEX_URL": "https://me:secret@index.example/simple",
        "UV_INDEX_A_PASSWORD": "p",
        "GITHUB_TOKEN": "t",
    }

    seen = install_variables({**told, "HOME": str(tmp_path), "VIRTUAL_ENV": "/ours"})

    assert seen["PIP_INDEX_URL"] == told["PIP_INDEX_URL"]
    assert seen["UV_INDEX_A_PASSWORD"] == "p"
    assert "GITHUB_TOKEN" not in seen
    assert "VIRTUAL_ENV" not in seen


def test_uv_is_told_what_only_pip_was_told_and_looks_as_pip_does(tmp_path):
    (tmp_path / "pip.conf").write_text(
        "[global]\nindex-url = https://index.example/simple\nfind-links =\n    /a\n    /b\n"
    )
    variables = {
        "HOME": str(tmp_path),
        "PIP_CONFIG_FILE": str(tmp_path / "pip.conf"),
        "PIP_EXTRA_INDEX_URL": "https://more.example/",
    }

    told = for_uv(variables)

    assert told["UV_DEFAULT_INDEX"] == "https://index.example/simple"
    assert told["UV_INDEX"] == "https://more.example/"
    assert told["UV_FIND_LINKS"] == "/a,/b"
    assert told["UV_INDEX_STRATEGY"] == "unsafe-best-match"


def test_what_uv_was_told_itself_is_left_alone(tmp_path):
    told = for_uv(
        {
            "HOME": str(tmp_path),
            "UV_DEFAULT_INDEX": "https://uv.example/",
            "PIP_INDEX_URL": "https://pip.example/",
        }
    )

    assert told["UV_DEFAULT_INDEX"] == "https://uv.example/"
    assert "UV_INDEX_STRATEGY" not in told

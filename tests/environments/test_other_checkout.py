"""Base's training imports base's code, however the team's package is installed."""

import json
import os

import pytest

from ci_mlops.environments.current import CurrentEnvironment
from ci_mlops.environments.other_checkout import python_path


@pytest.fixture
def here(tmp_path):
    folder = tmp_path / "repo" / "models" / "loans"
    folder.mkdir(parents=True)
    (tmp_path / "repo" / ".git").mkdir()
    venv = tmp_path / "repo" / ".venv"
    (venv / "lib" / "site-packages").mkdir(parents=True)
    (venv / "pyvenv.cfg").touch()
    return folder


@pytest.fixture
def there(tmp_path):
    folder = tmp_path / "base" / "models" / "loans"
    folder.mkdir(parents=True)
    return folder


def test_what_leads_into_the_repository_leads_into_the_other_checkout(here, there, tmp_path):
    repo, base = tmp_path / "repo", tmp_path / "base"
    path = python_path(f"{here}/src:/opt/lib:rel", [str(repo / "shared")], here=here, there=there)

    assert path.split(os.pathsep) == [f"{there}/src", f"{base}/shared", "/opt/lib", "rel"]


def test_an_environment_inside_the_repository_is_left_where_it_is(here, there, tmp_path):
    packages = str(tmp_path / "repo" / ".venv" / "lib" / "site-packages")

    assert python_path("", [packages, "/usr/lib/python3"], here=here, there=there) == ""
    assert python_path(packages, [], here=here, there=there) == packages


def test_a_command_in_another_checkout_imports_from_there(here, there, tmp_path, monkeypatch):
    for folder, word in ((here, "head"), (there, "base")):
        (folder / "src").mkdir()
        (folder / "src" / "loans.py").write_text(f"WORD = {word!r}")
    monkeypatch.setenv("PYTHONPATH", str(here / "src"))
    environment = CurrentEnvironment(here, environ=os.environ, say=lambda line: None)
    words = [
        environment.run(
            ["python", "-c", "import loans; print(loans.WORD)"], folder=folder, log=tmp_path / "x.log"
        ).tail
        for folder in (here, there)
    ]

    assert words == ["head", "base"]


def test_an_editable_install_is_found_by_what_pip_wrote_of_it(here, there, tmp_path, monkeypatch):
    for folder, word in ((here, "head"), (there, "base")):
        (folder / "src").mkdir()
        (folder / "src" / "loans.py").write_text(f"WORD = {word!r}")
    # what `pip install -e` leaves in site-packages, with a hook in place of a path
    packages = tmp_path / "packages"
    record = packages / "loans-1.0.dist-info"
    record.mkdir(parents=True)
    (record / "METADATA").write_text("Metadata-Version: 2.1\nName: loans\nVersion: 1.0\n")
    (record / "direct_url.json").write_text(
        json.dumps({"url": here.as_uri(), "dir_info": {"editable": True}})
    )
    (packages / "sitecustomize.py").write_text(f"import sys; sys.path.append({str(here / 'src')!r})")
    monkeypatch.setenv("PYTHONPATH", str(packages))
    environment = CurrentEnvironment(here, environ=os.environ, say=lambda line: None)
    words = [
        environment.run(
            ["python", "-c", "import loans; print(loans.WORD)"], folder=folder, log=tmp_path / "x.log"
        ).tail
        for folder in (here, there)
    ]

    assert words == ["head", "base"]
    assert "loans==1.0" in environment.packages()

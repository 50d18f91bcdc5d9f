"""What is built can be installed and used away from this repository."""

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT],
        check=True,
        capture_output=True,
        env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000"},
    )
    return folder


@pytest.fixture(scope="module")
def unpacked(built, tmp_path_factory):
    (wheel,) = built.glob("*.whl")
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def outside(unpacked, tmp_path, *command):
    """Run with the unpacked wheel in front of everything, from a folder that is not ours."""
    return subprocess.run(
        [sys.executable, *command],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(unpacked)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_the_wheel_holds_all_of_the_package_and_nothing_else(unpacked):
    tracked = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "ci_mlops"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    missing = [name for name in tracked if (ROOT / name).exists() and not (unpacked / name).is_file()]
    tops = {path.name for path in unpacked.iterdir() if not path.name.endswith(".dist-info")}

    assert missing == []
    assert tops == {"ci_mlops"}


def test_the_sdist_holds_what_a_distributor_needs(built):
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {Path(*Path(name).parts[1:]).as_posix() for name in archive.getnames()}

    wanted = {
        "LICENSE",
        "README.md",
        "CHANGELOG.md",
        "pyproject.toml",
        "tests/conftest.py",
        "ci_mlops/py.typed",
    }

    assert wanted - names == set()


def test_the_installed_program_tells_its_version(unpacked, tmp_path):
    where = outside(unpacked, tmp_path, "-c", "import ci_mlops; print(ci_mlops.__file__)")
    version = outside(unpacked, tmp_path, "-c", "from ci_mlops.cli.main import main; main()", "--version")

    assert Path(where.strip()).is_relative_to(unpacked)
    assert version.startswith("ci-mlops ")


def test_the_installed_workers_and_the_demo_find_their_files(unpacked, tmp_path):
    script = "from ci_mlops.flows.demo import PROJECT; print(*sorted(p.name for p in PROJECT.iterdir() if p.is_file()))"

    shown = outside(unpacked, tmp_path, "-c", script).split()

    assert shown == ["ci-mlops.yml", "gitattributes", "gitignore", "make_data.py", "train.py"]

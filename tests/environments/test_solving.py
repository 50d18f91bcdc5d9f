"""A declaration becomes versions with hashes; what can't is told by its own line. Real uv, real pip, wheels of our own."""

import hashlib
import os
import subprocess
import sys

import pytest

from ci_mlops.environments.declaration import read_declaration
from ci_mlops.environments.solving import solve
from ci_mlops.errors import BadConfig

from .wheels import declare, shelf, wheel

OURS = f"{sys.version_info.major}.{sys.version_info.minor}"


@pytest.fixture(params=["uv", "pip"])
def environ(request):
    return {**os.environ, **({"CI_MLOPS_UV": "off"} if request.param == "pip" else {})}


@pytest.fixture
def team(tmp_path):
    shelf(tmp_path / "shelf")
    return tmp_path


def solved(folder, environ, name="requirements.txt", python=None):
    return solve(read_declaration(folder, name), python=python, environ=environ).environment


def told(folder, environ, name="requirements.txt", python=None):
    with pytest.raises(BadConfig) as caught:
        solved(folder, environ, name, python)
    return str(caught.value)


def test_what_is_asked_for_comes_with_what_that_needs_and_its_hashes(team, environ):
    declare(team, "scoring")

    found = solved(team, environ)

    digest = hashlib.sha256((team / "shelf" / "scoring-1.0-py3-none-any.whl").read_bytes()).hexdigest()
    assert [(one.name, one.version) for one in found.packages] == [("lending", "2.0"), ("scoring", "1.0")]
    assert found.packages[1].hashes == (f"sha256:{digest}",)
    assert (found.source, found.python) == ("requirements.txt", OURS)


def test_a_python_that_has_no_pip_of_its_own_is_solved_for_by_the_one_that_it_can_unpack(team):
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", team / "bare"], check=True)
    declare(team, "scoring")

    path = os.pathsep.join((str(team / "bare" / "bin"), os.environ["PATH"]))
    found = solved(team, {**os.environ, "CI_MLOPS_UV": "off", "PATH": path})

    assert [(one.name, one.version) for one in found.packages] == [("lending", "2.0"), ("scoring", "1.0")]


def test_two_requirements_that_collide_are_named_with_their_lines(team, environ):
    declare(team, "scoring", "lending<2")

    words = told(team, environ)

    assert "`scoring`" in words
    assert "`lending<2`" in words
    assert "can't be installed together" in words
    assert "depend" in words
    assert "requirements.txt:3" in words
    assert "requirements.txt:4" in words


def test_a_constraint_that_collides_is_named_in_its_own_file(team, environ):
    (team / "limits.txt").write_text("lending<2\n")
    declare(team, "scoring", "-c limits.txt")

    words = told(team, environ)

    assert "requirements.txt:3" in words
    assert "limits.txt:1" in words


def test_a_name_that_no_index_has_is_named(team, environ):
    declare(team, "lending", "lendign")

    words = told(team, environ)

    assert "There is no package `lendign`" in words
    assert "requirements.txt:4" in words


def test_a_version_that_was_never_released_is_named(team, environ):
    declare(team, "lending==7")

    words = told(team, environ)

    assert "`lending==7`: there is no such version" in words
    assert "requirements.txt:3" in words


def test_a_package_for_another_python_names_the_python_it_needs(team, environ):
    declare(team, "tomorrow")

    words = told(team, environ)

    assert "`tomorrow` needs Python >=3.99" in words
    assert f"Python {OURS}" in words
    assert "requirements.txt:3" in words


def test_a_package_without_a_wheel_for_this_python_is_refused_before_anything_runs(team, environ):
    declare(team, "yesterday")

    words = told(team, environ)

    assert "yesterday" in words
    assert "requirements.txt:3" in words


def test_a_pinned_file_with_hashes_is_taken_as_it_is_and_nothing_is_asked(team):
    digest = "sha256:" + "a" * 64
    (team / "requirements.txt").write_text(
        f'numpy==1.26.4 ; python_version >= "3.9" \\\n    --hash={digest} \\\n    --hash=sha256:{"b" * 64}\n'
    )

    found = solved(team, {"PATH": ""})

    assert [(one.name, one.version, one.marker) for one in found.packages] == [
        ("numpy", "1.26.4", "python_version >= '3.9'")
    ]
    assert found.packages[0].hashes == (digest, f"sha256:{'b' * 64}")


def test_the_same_declaration_has_the_same_digest_until_what_it_includes_changes(team):
    (team / "base.txt").write_text("lending\n")
    declare(team, "-r base.txt")
    first = read_declaration(team, "requirements.txt").digest
    again = read_declaration(team, "requirements.txt").digest
    (team / "base.txt").write_text("lending<2\n")

    assert first == again != read_declaration(team, "requirements.txt").digest


def test_a_declaration_in_one_file_has_the_digest_that_a_shell_says(team):
    declare(team, "lending")

    told = read_declaration(team, "requirements.txt").digest

    assert told == hashlib.sha256((team / "requirements.txt").read_bytes()).hexdigest()


def test_the_teams_own_folder_is_imported_and_what_it_needs_is_pinned(team, environ):
    (team / "pyproject.toml").write_text(
        '[project]\nname = "credit"\nversion = "0"\ndependencies = ["lending<2"]\n'
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    )
    (team / "requirements.txt").write_text("lending\n")
    declare(team, "lending", "./lib", name="all.txt")
    (team / "lib").mkdir()

    declared = read_declaration(team, "all.txt")

    assert declared.local == ("lib",)


def test_every_line_that_can_not_be_pinned_is_told_at_once(team):
    declare(
        team,
        "sklearn",
        "lending @ git+https://git.example/lending@v1",
        "https://files.example/x-1.0-py3-none-any.whl",
        "./vendor/x-1.0-py3-none-any.whl",
        "-e ../elsewhere/lib",
    )

    with pytest.raises(BadConfig) as caught:
        read_declaration(team, "requirements.txt")

    words = str(caught.value)
    assert "`sklearn` is not the name" in words
    assert "scikit-learn" in words
    assert [f"requirements.txt:{number}" in words for number in range(3, 8)] == [True] * 5


def test_one_missing_hash_among_others_is_named(team):
    declare(team, f"lending==1.0 --hash=sha256:{'a' * 64}", "scoring==1.0")

    with pytest.raises(BadConfig) as caught:
        read_declaration(team, "requirements.txt")

    assert "`scoring==1.0` has no hash" in caught.value.what
    assert caught.value.where == "requirements.txt:4"


@pytest.mark.parametrize(
    ("line", "hint"), [("lending=1.0", "lending==1.0"), ("lending >> 1", ""), ("lending 1.0", "")]
)
def test_a_line_that_is_no_requirement_is_named(team, line, hint):
    declare(team, line)

    with pytest.raises(BadConfig) as caught:
        read_declaration(team, "requirements.txt")

    assert caught.value.where == "requirements.txt:3"
    assert hint in caught.value.mend


def test_condas_file_says_what_was_translated_and_what_was_left_out(team):
    (team / "environment.yml").write_text(
        "name: credit\nchannels: [conda-forge]\ndependencies:\n- python=3.10\n- pytorch::pytorch>=2\n"
        "- numpy=1.24\n- mkl\n- pip\n- pip:\n  - lending<2\n"
    )

    declared = read_declaration(team, "environment.yml")

    assert declared.python == "3.10"
    assert [(one.text, one.where) for one in declared.requirements] == [
        ("torch>=2", "environment.yml:5"),
        ("numpy==1.24.*", "environment.yml:6"),
        ("lending<2", "environment.yml:10"),
    ]
    assert "pytorch -> torch" in declared.notices[0]
    assert "mkl, pip" in declared.notices[1]


def test_a_pylock_is_taken_without_its_addresses(team):
    (team / "pylock.toml").write_text(
        'lock-version = "1.0"\nrequires-python = ">=3.9"\n[[packages]]\nname = "Lending_X"\nversion = "1.0"\n'
        "marker = 'sys_platform == \"linux\"'\n"
        f'wheels = [{{url = "https://files.example/l.whl", hashes = {{sha256 = "{"a" * 64}"}}}}]\n'
    )

    found = solved(team, {"PATH": ""}, "pylock.toml")

    (package,) = found.packages
    assert (package.name, package.version, package.marker) == ("lending-x", "1.0", "sys_platform == 'linux'")
    assert package.hashes == (f"sha256:{'a' * 64}",)


def test_a_pylock_that_pins_no_version_is_named_by_its_line(team):
    (team / "pylock.toml").write_text(
        'lock-version = "1.0"\n[[packages]]\nname = "lending"\nvcs = {type = "git", url = "https://git.example/l"}\n'
    )

    with pytest.raises(BadConfig) as caught:
        read_declaration(team, "pylock.toml")

    assert caught.value.where == "pylock.toml:3"


def test_a_python_that_is_nowhere_is_told_before_anything_is_solved(team):
    declare(team, "lending")

    words = told(team, {**os.environ, "CI_MLOPS_UV": "off"}, python="3.99")

    assert "There is no Python 3.99" in words


def test_a_file_that_is_not_there_and_one_that_no_one_knows_are_refused(team):
    (team / "Pipfile").write_text("")

    for name in ("missing.txt", "Pipfile"):
        with pytest.raises(BadConfig, match=name):
            read_declaration(team, name)


def test_a_bare_version_with_another_tag_is_no_reason_to_fail(team):
    wheel(team / "shelf", "extra_thing", "1.0", module="extra_thing")
    declare(team, "Extra.Thing")

    found = solved(team, dict(os.environ))

    assert [one.name for one in found.packages] == ["extra-thing"]

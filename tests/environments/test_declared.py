"""A declared environment: known by its lock, made from it once, whole or not at all, and apart from ours."""

import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from ci_mlops.environments.declaration import read_declaration
from ci_mlops.environments.opening import open_environment
from ci_mlops.environments.solving import solve
from ci_mlops.errors import BadConfig, TrainingFailed

from .wheels import declare, shelf, wheel

OURS = f"{sys.version_info.major}.{sys.version_info.minor}"


class Team:
    def __init__(self, room, **variables):
        self.folder, self.cache = room / "team", room / "cache"
        shelf(self.folder / "shelf")
        self.environ = {**os.environ, **variables}
        self.said = []

    def solve(self, *lines, name="requirements.txt"):
        declare(self.folder, *lines, name=name)
        return solve(read_declaration(self.folder, name), python=None, environ=self.environ).environment

    def open(self, resolved):
        return open_environment(
            resolved.source,
            self.folder,
            resolved,
            cache=self.cache,
            environ=self.environ,
            say=self.said.append,
        )

    def python(self, environment, code, folder=None):
        log = self.cache / "run.log"
        finished = environment.run(["python", "-c", code], folder=folder or self.folder, log=log)
        assert finished.exit_code == 0, finished.tail
        return finished.tail.strip()

    @property
    def made(self):
        return sum("environment: made in" in line for line in self.said)


@pytest.fixture
def team(tmp_path):
    return Team(tmp_path)


@pytest.fixture(params=["uv", "pip"])
def either(request, tmp_path):
    return Team(tmp_path, **({"CI_MLOPS_UV": "off"} if request.param == "pip" else {}))


def test_what_is_pinned_is_what_runs_and_nothing_of_ours_is_in_it(either):
    environment = either.open(either.solve("scoring"))

    assert either.python(environment, "import lending, sys; print(lending.VERSION)") == "2.0"
    assert "None" in either.python(environment, "import importlib.util as u; print(u.find_spec('msgspec'))")
    assert Path(environment.python).is_relative_to(either.cache)


def test_python_in_a_shell_is_the_environments(team):
    environment = team.open(team.solve("lending"))
    log = team.cache / "run.log"

    finished = environment.run(
        "python -c 'import lending, sys; print(sys.prefix)'", folder=team.folder, log=log
    )

    assert Path(finished.tail.strip()).is_relative_to(team.cache)


def test_nothing_is_made_to_know_the_digest_and_the_packages(team):
    environment = team.open(team.solve("scoring"))

    assert environment.digest().startswith("sha256:")
    assert environment.packages() == ("lending==2.0", "scoring==1.0")
    assert not (team.cache / "environments").exists()


def test_the_digest_is_of_what_is_installed_not_of_how_it_is_declared(team):
    first = team.solve("scoring")
    reworded = team.solve("# a comment", "scoring>=1", "lending")
    other = team.solve("lending")

    assert team.open(first).digest() == team.open(reworded).digest() != team.open(other).digest()


def test_the_lock_is_installed_whatever_the_declaration_says_today(team):
    resolved = team.solve("lending<2")
    declare(team.folder, "lending>=2")

    assert team.python(team.open(resolved), "import lending; print(lending.VERSION)") == "1.0"


def test_it_is_made_once(team):
    resolved = team.solve("lending")
    team.python(team.open(resolved), "pass")
    team.python(team.open(resolved), "pass")

    assert team.made == 1


def test_what_was_installed_into_it_since_is_not_used(team):
    resolved = team.solve("lending<2")
    environment = team.open(resolved)
    team.python(environment, "pass")
    site = Path(environment.python).parent.parent.glob("lib/python*/site-packages")
    other = next(site) / "sneaked-1.0.dist-info"
    other.mkdir()
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: sneaked\nVersion: 1.0\n")

    team.python(team.open(resolved), "pass")

    assert team.made == 2
    assert any("something was installed into the environment" in line for line in team.said)


def test_one_that_was_killed_halfway_is_made_again(team, tmp_path):
    resolved = team.solve("scoring")
    script = tmp_path / "make.py"
    script.write_text(
        "import os, sys, json\nfrom pathlib import Path\nimport msgspec\n"
        "from ci_mlops.environments import creating\nfrom ci_mlops.records import ResolvedEnvironment\n"
        "resolved = msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=ResolvedEnvironment)\n"
        "real = creating._install\n"
        "def slow(*arguments):\n    print('begun', flush=True)\n    import time; time.sleep(60)\n"
        "creating._install = slow\n"
        "creating.create(resolved, cache=Path(sys.argv[2]), environ=os.environ, say=lambda line: None)\n"
    )
    import msgspec

    (tmp_path / "resolved.json").write_bytes(msgspec.json.encode(resolved))
    child = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path / "resolved.json"), str(team.cache)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert child.stdout.readline() == b"begun\n"
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    home = next((team.cache / "environments").iterdir())
    (left,) = home.glob("venv-*")

    assert team.python(team.open(resolved), "import lending; print(lending.VERSION)") == "2.0"
    assert not left.exists()
    assert (home / "complete.json").is_file()


def test_two_that_make_the_same_one_wait_for_each_other(team, tmp_path):
    resolved = team.solve("scoring")
    import msgspec

    (tmp_path / "resolved.json").write_bytes(msgspec.json.encode(resolved))
    script = (
        "import os, sys\nfrom pathlib import Path\nimport msgspec\n"
        "from ci_mlops.environments.creating import create\nfrom ci_mlops.records import ResolvedEnvironment\n"
        "resolved = msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=ResolvedEnvironment)\n"
        "index = ['--no-index', '--find-links', sys.argv[3]]\n"
        "print(create(resolved, cache=Path(sys.argv[2]), environ=os.environ, say=lambda line: None, index=index))\n"
    )
    command = [
        sys.executable,
        "-c",
        script,
        str(tmp_path / "resolved.json"),
        str(team.cache),
        str(team.folder / "shelf"),
    ]
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ) for _ in range(2)]
    places = {child.communicate()[0].strip() for child in both}

    assert [child.returncode for child in both] == [0, 0]
    assert len(places) == 1


def test_a_cache_that_was_moved_is_made_again(team):
    resolved = team.solve("lending")
    team.python(team.open(resolved), "pass")
    moved = team.cache.with_name("moved")
    shutil.move(team.cache, moved)
    team.cache = moved

    team.python(team.open(resolved), "pass")

    assert team.made == 2


def test_one_that_nothing_used_for_two_months_is_removed_when_another_is_made(team):
    old, kept = team.solve("lending<2"), team.solve("lending")
    homes = {}
    for name, resolved in (("old", old), ("kept", kept)):
        before = set((team.cache / "environments").glob("*"))
        team.python(team.open(resolved), "pass")
        (homes[name],) = set((team.cache / "environments").iterdir()) - before
        os.utime(homes[name] / "complete.json", (0, 0))
    team.python(team.open(kept), "pass")  # which is a use

    team.python(team.open(team.solve("scoring")), "pass")

    assert not list(homes["old"].glob("venv-*"))
    assert list(homes["kept"].glob("venv-*"))
    assert any("removed 1 from the cache" in line for line in team.said)
    assert team.python(team.open(old), "import lending; print(lending.VERSION)") == "1.0"


def test_a_file_that_is_not_the_pinned_one_is_not_installed(either):
    resolved = either.solve("lending<2")
    wheel(either.folder / "shelf", "lending", "1.0", body="VERSION = 'another'\n")
    # uv may still have the right one, and installs that
    either.environ["UV_NO_CACHE"] = "1"

    with pytest.raises(TrainingFailed) as caught:
        either.python(either.open(resolved), "pass")

    assert "`lending` is not the file that was pinned" in caught.value.what
    assert caught.value.exit_code == 6
    assert not list((either.cache / "environments").glob("*/venv-*"))


def test_a_pinned_set_that_is_not_whole_is_refused(team):
    resolved = team.solve("scoring")
    alone = replace(resolved, packages=tuple(one for one in resolved.packages if one.name == "scoring"))

    with pytest.raises(TrainingFailed, match="scoring needs lending"):
        team.python(team.open(alone), "pass")


def test_the_teams_own_folder_is_imported_from_the_checkout_that_runs(team):
    for place, word in (("team", "head"), ("base", "base")):
        code = team.folder.parent / place / "lib" / "src" / "credit"
        code.mkdir(parents=True)
        (code / "__init__.py").write_text(f"SIDE = {word!r}\n")
    (team.folder / ".git").mkdir()
    resolved = replace(team.solve("lending"), local=("lib",))
    environment = team.open(resolved)

    assert team.python(environment, "import credit; print(credit.SIDE)") == "head"
    assert (
        team.python(environment, "import credit; print(credit.SIDE)", folder=team.folder.parent / "base")
        == "base"
    )


def test_the_teams_commands_see_neither_the_index_nor_its_login(tmp_path):
    team = Team(tmp_path, PIP_INDEX_URL="http://me:secret@127.0.0.1:9/simple", UV_INDEX="http://127.0.0.1:9/")
    environment = team.open(team.solve("lending"))

    seen = json.loads(team.python(environment, "import json, os; print(json.dumps(dict(os.environ)))"))

    assert "PIP_INDEX_URL" not in seen
    assert "secret" not in json.dumps(seen)
    assert seen["VIRTUAL_ENV"] == str(Path(environment.python).parent.parent)


def test_another_python_of_the_machine_is_found(team):
    others = [
        minor for minor in ("3.10", "3.12", "3.13", "3.9") if minor != OURS and _has(minor, team.environ)
    ]
    if not others:
        pytest.skip("no other Python on this machine")
    declare(team.folder, "lending")
    resolved = solve(
        read_declaration(team.folder, "requirements.txt"), python=others[0], environ=team.environ
    ).environment

    told = team.python(team.open(resolved), "import sys, lending; print('%d.%d' % sys.version_info[:2])")

    assert told == others[0]


def _has(minor, environ):
    from ci_mlops.environments.install_variables import install_variables
    from ci_mlops.environments.interpreters import find_interpreter

    offline = {**environ, "CI_MLOPS_UV": "off"}
    try:
        return bool(find_interpreter(minor, offline, install_variables(offline)))
    except BadConfig:
        return False


def test_a_declaration_that_was_never_solved_is_refused(team):
    with pytest.raises(BadConfig, match="not solved yet"):
        open_environment(
            "requirements.txt",
            team.folder,
            None,
            cache=team.cache,
            environ=team.environ,
            say=team.said.append,
        )

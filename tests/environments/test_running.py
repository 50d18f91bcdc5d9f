"""Children of ours: what they see, what they may print, and that nothing of them is left."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ci_mlops.environments.current import CurrentEnvironment, find_python
from ci_mlops.environments.running import run_command
from ci_mlops.errors import BadConfig, TrainingFailed

CANARY = "canary-7d1f"


@pytest.fixture
def said():
    return []


@pytest.fixture
def environment(tmp_path, said, monkeypatch):
    for name in ("GITHUB_TOKEN", "ACTIONS_RUNTIME_TOKEN", "AZURE_CLIENT_SECRET", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, CANARY)
    for name in ("GITHUB_OUTPUT", "SYSTEM_ACCESSTOKEN", "RUNNER_TEMP", "MY_PASSWORD", "PYTHON_KEYRING_KEY"):
        monkeypatch.setenv(name, CANARY)
    monkeypatch.setenv("HTTPS_PROXY", f"http://user:{CANARY}@127.0.0.1:1")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", CANARY)
    return CurrentEnvironment(tmp_path, environ=os.environ, say=said.append)


def is_gone(pid):
    status = Path(f"/proc/{pid}/stat")
    try:
        return not status.exists() or status.read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def eventually(ask, seconds=5.0):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if ask():
            return True
        time.sleep(0.02)
    return False


def test_a_child_sees_no_secret_and_no_file_of_the_ci(environment, tmp_path):
    log = tmp_path / "env.log"
    environment.run("env; tr '\\0' '\\n' < /proc/self/environ", folder=tmp_path, log=log)

    assert "PATH=" in log.read_text()
    assert CANARY not in log.read_text()


def test_the_parent_of_a_child_holds_no_secret_either(environment, tmp_path):
    log = tmp_path / "env.log"
    environment.run("tr '\\0' '\\n' < /proc/$PPID/environ", folder=tmp_path, log=log)

    assert "PATH=" in log.read_text()
    assert CANARY not in log.read_text()


def test_variables_that_are_given_reach_the_child(environment, tmp_path):
    log = tmp_path / "env.log"
    environment.run(
        "echo =$CI_MLOPS_PARAM_DEPTH= $CI", folder=tmp_path, log=log, variables={"CI_MLOPS_PARAM_DEPTH": "3"}
    )

    assert "=3= true" in log.read_text()


def test_exit_code_time_and_memory_are_told(environment, tmp_path):
    command = ["python", "-c", "x = bytearray(60_000_000); raise SystemExit(3)"]
    finished = environment.run(command, folder=tmp_path, log=tmp_path / "x.log")

    assert finished.exit_code == 3
    assert 60_000_000 < finished.peak_memory < 400_000_000
    assert 0 < finished.seconds < 10


def test_a_killed_command_is_told_by_its_signal(environment, tmp_path):
    finished = environment.run(
        ["python", "-c", "import os; os.kill(os.getpid(), 9)"], folder=tmp_path, log=tmp_path / "x.log"
    )

    assert finished.exit_code == -signal.SIGKILL


def test_a_command_that_is_not_there_is_an_error_with_its_name(environment, tmp_path):
    with pytest.raises(TrainingFailed, match="no-such-program"):
        environment.run(["no-such-program"], folder=tmp_path, log=tmp_path / "x.log")


def test_a_command_that_hangs_and_ignores_the_request_to_end_is_killed_with_its_children(
    tmp_path, environment
):
    (tmp_path / "hang.py").write_text(
        "import os, signal, subprocess, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "child = subprocess.Popen(['sleep', '60'])\n"
        "print('pids', os.getpid(), child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    ended = run_command(
        ["python", "hang.py"],
        folder=tmp_path,
        log=tmp_path / "x.log",
        variables=dict(os.environ),
        say=lambda line: None,
        time_limit=1.0,
        grace=0.2,
    )
    pids = ended.finished.tail.removeprefix("pids ").split()

    assert ended.timed_out
    assert len(pids) == 2
    assert all(is_gone(pid) for pid in pids)


def test_the_time_limit_is_an_error_that_shows_the_last_lines(environment, tmp_path):
    with pytest.raises(TrainingFailed, match=r"time limit of 0\.5 s") as caught:
        environment.run("echo epoch 7; sleep 60", folder=tmp_path, log=tmp_path / "x.log", time_limit=0.5)

    assert "epoch 7" in caught.value.what
    assert "time_limit" in caught.value.mend


def test_a_daemon_in_a_session_of_its_own_is_ended_with_the_command(environment, tmp_path, said):
    (tmp_path / "daemon.py").write_text(
        "import os, sys, time\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    if os.fork() == 0:\n"
        "        open('pid', 'w').write(str(os.getpid()))\n"
        "        time.sleep(60)\n"
        "    os._exit(0)\n"
        "while not os.path.exists('pid') or not open('pid').read(): time.sleep(0.01)\n"
    )
    finished = environment.run(["python", "daemon.py"], folder=tmp_path, log=tmp_path / "x.log")

    assert finished.exit_code == 0
    assert is_gone((tmp_path / "pid").read_text())
    assert any("left-over" in line for line in said)


def test_a_child_in_the_background_does_not_keep_us_waiting(environment, tmp_path):
    began = time.monotonic()
    environment.run("sleep 60 & echo $!", folder=tmp_path, log=tmp_path / "x.log")

    assert time.monotonic() - began < 10


def test_when_we_are_killed_the_command_is_killed_too(tmp_path, repository_root):
    (tmp_path / "ours.py").write_text(
        "import os\nfrom pathlib import Path\n"
        "from ci_mlops.environments.running import run_command\n"
        "run_command('echo $$ > pid; (setsid sleep 60 & echo $! > daemon); sleep 60', folder=Path('.'),"
        " log=Path('x.log'), variables=dict(os.environ), say=print)\n"
    )
    ours = subprocess.Popen(
        [sys.executable, "ours.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(repository_root)},
        stdout=subprocess.DEVNULL,
    )
    files = [tmp_path / "pid", tmp_path / "daemon"]
    assert eventually(lambda: all(file.exists() and file.read_text().strip() for file in files))
    ours.kill()
    ours.wait()

    pids = [file.read_text().strip() for file in files]
    assert eventually(lambda: all(is_gone(pid) for pid in pids))


def test_nothing_can_be_read_from_standard_input(environment, tmp_path):
    finished = environment.run(["python", "-c", "input()"], folder=tmp_path, log=tmp_path / "x.log")

    assert finished.exit_code == 1
    assert "EOFError" in finished.tail


def test_the_digest_says_the_same_twice_and_leaves_us_out(environment, tmp_path):
    other = CurrentEnvironment(tmp_path, environ=os.environ, say=print)

    assert environment.digest() == other.digest()
    assert environment.digest().startswith("sha256:")
    assert list(environment.packages()) == sorted(environment.packages())
    assert any(package.startswith("scikit-learn==") for package in environment.packages())
    assert not any(package.startswith("ci-mlops==") for package in environment.packages())


def test_python_is_what_path_says_unless_a_variable_names_another(tmp_path):
    first = tmp_path / "bin" / "python"
    first.parent.mkdir()
    first.symlink_to(sys.executable)
    path = f"{first.parent}{os.pathsep}{os.environ['PATH']}"

    assert find_python({"PATH": path}) == str(first)
    assert find_python({"PATH": path, "CI_MLOPS_PYTHON": sys.executable}) == sys.executable
    assert find_python({"PATH": ""}) == sys.executable


def test_a_named_python_is_also_the_python_of_the_teams_own_commands(tmp_path):
    named = tmp_path / "bin" / "python"
    named.parent.mkdir()
    named.write_text(f'#!/bin/sh\necho named; exec {sys.executable} "$@"\n')
    named.chmod(0o755)
    environ = {**os.environ, "CI_MLOPS_PYTHON": str(named)}
    environment = CurrentEnvironment(tmp_path, environ=environ, say=lambda line: None)
    finished = environment.run("python -c 'print(1)'", folder=tmp_path, log=tmp_path / "x.log")

    assert finished.tail == "named\n1"


def test_our_own_virtual_environment_is_not_told_to_a_python_of_another(tmp_path):
    other = tmp_path / "bin" / "python"
    other.parent.mkdir()
    other.symlink_to(sys.executable)
    for python, told in ((str(other), "[]"), (sys.executable, f"[{sys.prefix}]")):
        environ = {
            **os.environ,
            "CI_MLOPS_PYTHON": python,
            "VIRTUAL_ENV": sys.prefix,
            "PYTHONHOME": "/nowhere",
        }
        environment = CurrentEnvironment(tmp_path, environ=environ, say=lambda line: None)
        finished = environment.run("echo [$VIRTUAL_ENV]$PYTHONHOME", folder=tmp_path, log=tmp_path / "x.log")

        assert finished.tail == told


def test_a_python_that_is_not_there_is_refused():
    with pytest.raises(BadConfig, match="/no/python"):
        find_python({"PATH": "", "CI_MLOPS_PYTHON": "/no/python"})

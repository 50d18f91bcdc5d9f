"""Ten broken environments, each a small project of a team: the cause is named, with its line, before any training."""

import hashlib
import os
import sys
from dataclasses import replace
from datetime import date

import pytest

from ci_mlops.datasets.lock import read_lock, write_lock
from ci_mlops.environments.dated import NoProposal, Proposal, propose_dated_lock
from ci_mlops.environments.declaration import read_declaration
from ci_mlops.errors import CiMlopsError
from ci_mlops.flows.pin import pin
from ci_mlops.flows.train import train
from tests.flows.loans import found_team

from .wheels import declare, shelf, wheel

OURS = f"{sys.version_info.major}.{sys.version_info.minor}"
TRAIN = "{imports}\nimport pathlib\nprint('trained once')\npathlib.Path('model.bin').write_text('a model')\n"


@pytest.fixture
def team(tmp_path):
    team = found_team(tmp_path)
    team.replace(
        "ci-mlops.yml", "task: classification\n", "task: classification\nenvironment: requirements.txt\n"
    )
    on = shelf(team.folder / "shelf")
    # what happened to the real ones: a name that was there, and a version that doesn't fit another's
    wheel(on, "scikit_learn", "1.1.3", module="sklearn", body="def load_boston(): ...\n")
    wheel(on, "scikit_learn", "1.5.0", module="sklearn", body="")
    wheel(on, "numpy", "2.0.0", body="")
    wheel(
        on,
        "binary",
        "1.0",
        needs=["numpy"],
        body="import numpy\nif not hasattr(numpy, 'float_'): raise ValueError('numpy.dtype size changed')\n",
    )
    wheel(on, "forgetful", "1.0", body="import pkg_resources_of_old\n")
    return team


def broken(team, *lines, imports="", python=None):
    """What the team is told, and by which exit code; nothing was trained."""
    team.write("train.py", TRAIN.format(imports=imports))
    declare(team.folder, *lines)
    if python:
        team.replace("ci-mlops.yml", "environment:", f'python: "{python}"\nenvironment:')
    with pytest.raises(CiMlopsError) as caught:
        pin_and_train(team)
    assert "candidate: training" not in team.said
    assert team.folder.as_posix() not in str(caught.value)
    return caught.value.exit_code, str(caught.value)


def pin_and_train(team):
    pin(team.folder / "ci-mlops.yml", team.cache)
    team.commit()
    train(team.tools, team.project(), team.output)


def test_an_unsolvable_pair(team):
    code, words = broken(team, "scoring", "lending<2")

    assert code == 2
    assert (
        "`scoring` and `lending<2` can't be installed together: all versions of scoring depend on lending>=2"
        in words
    )
    assert "requirements.txt:3, requirements.txt:4" in words


def test_a_dead_name(team):
    code, words = broken(team, "lending", "sklearn")

    assert code == 2
    assert "requirements.txt:4" in words
    assert "Write `scikit-learn`" in words


def test_a_missing_upper_bound_whose_newest_version_has_lost_a_name(team):
    code, words = broken(team, "scikit-learn", imports="from sklearn.datasets import load_boston")

    assert code == 2
    assert "`sklearn.datasets.load_boston` is used, and scikit-learn has it no more since 1.2; 1.5.0" in words
    assert "train.py:1, requirements.txt:3" in words
    assert "`scikit-learn<1.2`" in words


def test_a_wrong_python(team):
    code, words = broken(team, "tomorrow")

    assert code == 2
    assert f"`tomorrow` needs Python >=3.99, and the environment is made with Python {OURS}" in words
    assert "requirements.txt:3" in words


def test_a_python_that_is_not_there(team, monkeypatch):
    monkeypatch.setenv("UV_PYTHON_DOWNLOADS", "never")
    code, words = broken(team, "lending", python="3.99")

    assert code == 2
    assert "There is no Python 3.99" in words
    assert "ci-mlops.yml:3" in words


def test_a_missing_hash(team):
    code, words = broken(team, f"lending==1.0 --hash=sha256:{'a' * 64}", "scoring==1.0")

    assert code == 2
    assert "`scoring==1.0` has no hash" in words
    assert "requirements.txt:4" in words


def test_an_import_that_fails(team):
    code, words = broken(team, "binary", imports="import binary")

    assert code == 6
    assert "Importing `binary` fails: it was built for another NumPy" in words
    assert "train.py:1" in words


def test_an_import_of_what_a_package_needs_and_does_not_ask_for(team):
    code, words = broken(team, "forgetful", imports="import forgetful")

    assert code == 6
    assert "`pkg_resources_of_old` is missing" in words


def test_an_import_of_what_nobody_declared(team):
    code, words = broken(team, "lending", imports="import lending\nimport yaml")

    assert code == 6
    assert "`yaml` is imported, and no package that is pinned holds it" in words
    assert "Add `pyyaml`" in words
    assert "train.py:2" in words


def test_a_version_that_was_never_released(team):
    code, words = broken(team, "lending==9.9")

    assert code == 2
    assert "`lending==9.9`: there is no such version of lending" in words


def test_a_platform_without_a_wheel(team):
    code, words = broken(team, "yesterday")

    assert code == 2
    assert (
        f"`yesterday` has no wheel for Python {OURS} on this platform" in words
        or "has wheels for Python 3.6 only" in words
    )


def test_an_address_that_no_hash_pins(team):
    code, words = broken(team, "lending @ git+https://git.example/lending@v1")

    assert code == 2
    assert "can't be pinned" in words
    assert "requirements.txt:3" in words


def test_a_pinned_file_that_leaves_out_what_it_needs(team):
    digest = hashlib.sha256((team.folder / "shelf" / "scoring-1.0-py3-none-any.whl").read_bytes()).hexdigest()
    code, words = broken(team, f"scoring==1.0 --hash=sha256:{digest}", imports="import scoring")

    assert code == 6
    assert "scoring needs lending" in words


def test_a_guarded_import_of_an_old_name_is_no_reason_to_stop(team):
    guarded = "try:\n    from sklearn.externals import joblib\nexcept ImportError:\n    import json as joblib"
    team.write("train.py", TRAIN.format(imports=guarded))
    declare(team.folder, "scikit-learn")

    pin_and_train(team)

    assert "candidate: training" in team.said


def test_imports_are_tried_once_for_each_environment(team):
    team.write("train.py", TRAIN.format(imports="import lending"))
    declare(team.folder, "lending")
    pin_and_train(team)

    assert len(list((team.cache / "environments" / "imported").iterdir())) == 1


OLD = """\
import pickle
from sklearn.datasets import load_boston
from sklearn.linear_model import LinearRegression
data = load_boston()
pickle.dump(LinearRegression().fit(data.data, data.target), open("model.bin", "wb"))
print("trained once")
"""


@pytest.mark.e2e
def test_an_old_script_without_bounds_trains_with_the_dated_lock_that_is_proposed(team):
    team.write("train.py", OLD)
    team.write("requirements.txt", "sklearn\n")
    proposal = propose_dated_lock(
        team.folder,
        "requirements.txt",
        run="python train.py",
        changed_on=date(2022, 6, 1),
        cache=team.cache,
        environ=os.environ,
        say=team.said.append,
    )
    assert isinstance(proposal, Proposal), proposal
    team.write("requirements.txt", "".join(f"{line}\n" for line in proposal.requirements))
    team.replace("ci-mlops.yml", "environment:", f'python: "{proposal.python}"\nenvironment:')
    declared = read_declaration(team.folder, "requirements.txt").digest
    lock = read_lock(team.folder / "ci-mlops.lock")
    write_lock(
        team.folder / "ci-mlops.lock",
        replace(lock, environment=replace(proposal.environment, declared=declared)),
    )
    team.commit()
    team.said.clear()

    train(team.tools, team.project(), team.output)

    assert "candidate: training" in team.said
    assert proposal.before is not None
    assert proposal.before < "2024"
    assert any("`sklearn` was read as `scikit-learn`" in said for said in proposal.assumed)


def test_what_no_day_can_save_says_what_was_tried(team):
    declare(team.folder, "scoring", "lending<2")

    told = propose_dated_lock(
        team.folder,
        "requirements.txt",
        run="python train.py",
        python=OURS,
        changed_on=date(2024, 1, 1),
        cache=team.cache,
        environ=os.environ,
        say=team.said.append,
        today=date(2024, 6, 1),
    )

    assert isinstance(told, NoProposal)
    assert "today, Python" in told.tried[0]
    assert "can't be installed together" in told.tried[0]

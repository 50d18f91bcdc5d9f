"""What a training imports and uses is read from its text; names that a library lost are known before it runs."""

import pytest

from ci_mlops.environments.removed import REMOVED, removed_names
from ci_mlops.environments.requirement_lines import Requirement
from ci_mlops.environments.scripts import foreign_modules, scripts_of, uses_of
from ci_mlops.records import Package, ResolvedEnvironment


def names(folder, text):
    (folder / "train.py").write_text(text)
    return {use.name: use for use in uses_of(scripts_of("python train.py", None, folder), folder)}


def installed(**versions):
    packages = tuple(
        Package(name=name.replace("_", "-"), version=version) for name, version in versions.items()
    )
    return ResolvedEnvironment(source="requirements.txt", declared="0" * 64, python="3.11", packages=packages)


@pytest.mark.parametrize(
    ("command", "found"),
    [
        ("python train.py --data data/train.csv", {"train.py"}),
        (("python", "-u", "train.py"), {"train.py"}),
        ("python -m credit.train", {"src/credit/train.py"}),
        ("cd . && PYTHONHASHSEED=0 python train.py; echo done", {"train.py"}),
        ("bash run.sh", {"train.py"}),
        ("make train", set()),
    ],
)
def test_the_scripts_of_a_command_are_found(tmp_path, command, found):
    (tmp_path / "train.py").write_text("x = 1\n")
    (tmp_path / "run.sh").write_text("python train.py\n")
    (tmp_path / "src" / "credit").mkdir(parents=True)
    (tmp_path / "src" / "credit" / "train.py").write_text("x = 1\n")

    files = scripts_of(command, None, tmp_path)

    assert {file.relative_to(tmp_path).as_posix() for file in files} == found


def test_the_teams_own_modules_are_followed_and_are_not_foreign(tmp_path):
    (tmp_path / "features.py").write_text("import numpy\n")
    uses = names(tmp_path, "import os, features\nfrom sklearn.svm import SVC\n")

    assert set(foreign_modules(uses.values(), tmp_path)) == {"numpy", "sklearn"}


def test_an_import_at_the_top_is_certain_and_one_with_a_way_out_is_not(tmp_path):
    uses = names(
        tmp_path,
        "import numpy as np\ntry:\n    from sklearn.externals import joblib\nexcept ImportError:\n    import joblib\n"
        "def late():\n    return np.float(1)\n",
    )

    assert uses["numpy"].is_certain
    assert not uses["sklearn.externals.joblib"].is_certain
    assert (uses["numpy.float"].is_certain, uses["numpy.float"].where) == (False, "train.py:7")


def test_a_script_that_is_no_python_of_ours_is_no_reason_to_stop(tmp_path):
    assert names(tmp_path, "print 'hello'\n") == {}


@pytest.mark.parametrize(
    ("text", "versions", "told"),
    [
        ("from sklearn.externals import joblib", {"scikit_learn": "1.5.0"}, "sklearn.externals.joblib"),
        ("from sklearn.externals import joblib", {"scikit_learn": "0.22.2"}, ""),
        (
            "from sklearn.datasets import load_boston",
            {"scikit_learn": "1.2.0"},
            "sklearn.datasets.load_boston",
        ),
        ("from sklearn.datasets import load_boston", {"scikit_learn": "1.1.3"}, ""),
        (
            "from sklearn.preprocessing import Imputer",
            {"scikit_learn": "1.0"},
            "sklearn.preprocessing.Imputer",
        ),
        ("from sklearn import cross_validation", {"scikit_learn": "1.0"}, "sklearn.cross_validation"),
        ("import numpy as np\nx = np.float(3)", {"numpy": "1.26.4"}, "numpy.float"),
        ("import numpy as np\nx = np.float(3)", {"numpy": "1.23.5"}, ""),
        ("import numpy as np\nx = np.float64(3)", {"numpy": "2.1"}, ""),
        ("import numpy as np\nx = np.bool", {"numpy": "1.26"}, "numpy.bool"),
        ("import numpy as np\nx = np.bool", {"numpy": "2.0.1"}, ""),
        ("frame = frame.append(row, ignore_index=True)", {"pandas": "2.2.0"}, "pandas.DataFrame.append"),
        ("rows.append(row)", {"pandas": "2.2.0"}, ""),
        ("from sklearn.metrics import *", {"scikit_learn": "1.5.0"}, ""),
    ],
)
def test_a_name_that_the_installed_version_has_no_more_is_told(tmp_path, text, versions, told):
    uses = names(tmp_path, text + "\n").values()
    line = Requirement(text="x", where="requirements.txt:2", kind="named", name="scikit-learn")

    found = removed_names(uses, installed(**versions), [line])

    assert [gone.name for _, gone, _ in found] == ([told] if told else [])


def test_what_is_told_names_both_places_and_the_bound(tmp_path):
    uses = names(tmp_path, "import os\nfrom sklearn.datasets import load_boston\n").values()
    line = Requirement(text="scikit-learn", where="requirements.txt:2", kind="named", name="scikit-learn")

    ((_, _, problem),) = removed_names(uses, installed(scikit_learn="1.5.0"), [line])

    assert problem.where == "train.py:2, requirements.txt:2"
    assert "`scikit-learn<1.2`" in problem.mend
    assert "1.5.0" in problem.what


def test_no_removed_name_is_told_twice():
    assert len({one.name for one in REMOVED}) == len(REMOVED)

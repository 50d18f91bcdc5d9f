"""Anything may lie in a repository; nothing of it may stop the survey."""

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from ci_mlops.config import parse_config
from ci_mlops.survey.config_text import config_text, one_line
from ci_mlops.survey.guess import Told
from tests.survey.teams import churn, look_around, write, write_table

SCRIPT = """
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
df = pd.read_csv("churn.csv")
y = df["churn"]
a, b, c, d = train_test_split(df.drop(columns="churn"), y, test_size=0.2, random_state=1)
RandomForestClassifier().fit(a, c)
"""
NAMES = [
    "train.py",
    "params.yaml",
    "dvc.yaml",
    "MLproject",
    "Makefile",
    "README.md",
    "pyproject.toml",
    "job.yml",
]
PIECES = st.sampled_from(
    ["import ", "sklearn", "x = ", "x", "(", ")", "[", "]", "df", "'churn'", "\n", "    ", "def f(x):", "return f(x)",
     "f(f)", ".fit(x, y)", "train_test_split", "stages:", "- ", "cmd: ", "python train.py", "${x}", "&a ", "*a", "{", "}",
     ": ", "1e999", "9" * 30, "\t", "\0", "é", "class A:", "y", "lambda: ", "*", "if __name__ == '__main__':", "%", "\\",
     "add_argument('--x', default=x)", "open(x)", "Path(__file__).parents[x]", "yaml.safe_load(open('params.yaml'))"]
)  # fmt: skip


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(NAMES),
    text=st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=60).map("".join)),
    after=st.booleans(),
)
def test_no_text_in_any_file_stops_it(tmp_path, name, text, after):
    write(tmp_path, dict.fromkeys(NAMES, "") | {"train.py": SCRIPT})
    write_table(tmp_path, "churn.csv", churn(40))
    whole = SCRIPT + text if after and name == "train.py" else text
    (tmp_path / name).write_text(whole, encoding="utf-8", errors="replace")

    found = look_around(tmp_path)

    if not found.missing:
        parse_config(config_text(found))


CELL = st.text(st.characters(codec="utf-8"), max_size=12)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.lists(CELL, min_size=1, max_size=5, unique=True),
    cells=st.lists(CELL, min_size=1, max_size=6),
    target=st.integers(0, 4),
)
def test_whatever_the_data_holds_the_proposal_is_a_config(tmp_path, names, cells, target):
    write(tmp_path, {"train.py": SCRIPT})
    rows = [cells[number % len(cells)] for number in range(60)]
    write_table(
        tmp_path, "churn.csv", {name: rows[place:] + rows[:place] for place, name in enumerate(names)}
    )

    told = Told(target=names[target % len(names)]) if target else None
    found = look_around(tmp_path, told)

    if not found.missing:
        parse_config(config_text(found))


@pytest.mark.parametrize(
    "script",
    [
        "def f(x):\n    return f(x)\ny = f(y)\n",
        "a = b\nb = a\ny = a[b]\n",
        "x = " + "(" * 80 + "1" + ")" * 80 + "\n",
        "y = " + " + ".join(["df['a']"] * 400) + "\n",
        "if a:\n    pass\n" + "elif b:\n    pass\n" * 400,
        "x = [" + "[" * 60 + "]" * 60 + "]\ny = x\n",
        "x = 'a' * 3\n" + "\n".join(f"x{n + 1} = x{n} + x{n}" for n in range(60)) + "\ny = df[x59]\n",
        "from train import *\nimport train\ny = train.y\n",
    ],
)
def test_code_that_goes_in_circles_or_deep_ends_soon(tmp_path, script):
    write(tmp_path, {"train.py": SCRIPT + script})
    write_table(tmp_path, "churn.csv", churn(60))

    found = look_around(tmp_path)

    assert found.value("target") == "churn"


def test_a_yaml_bomb_is_not_unfolded(tmp_path):
    levels = "\n".join(f"a{n + 1}: &a{n + 1} [{', '.join([f'*a{n}'] * 9)}]" for n in range(12))
    write(tmp_path, {"train.py": SCRIPT, "dvc.yaml": f"a0: &a0 lol\n{levels}\n"})
    write_table(tmp_path, "churn.csv", churn(60))

    found = look_around(tmp_path)

    assert found.value("run") == "python train.py"


@pytest.mark.parametrize("name", ["a b.csv", "größe.csv", "x'y.csv", "100%.csv", "-x.csv", "ab: c #d.csv"])
def test_odd_file_names_are_written_so_that_they_are_read_again(tmp_path, name):
    write(tmp_path, {"train.py": SCRIPT.replace('"churn.csv"', repr(name))})
    write_table(tmp_path, name, churn(60))

    found = look_around(tmp_path)
    config = parse_config(config_text(found))

    assert config.data.train == (name,)


def test_a_comment_cannot_break_out_of_its_line(tmp_path):
    column = "churn\u2028gates: []"
    write(tmp_path, {"train.py": SCRIPT.replace('"churn"', repr(column))})
    write_table(tmp_path, "churn.csv", churn(60, target=column))

    found = look_around(tmp_path)

    assert found.missing
    assert len(one_line(found.missing[0].mend).splitlines()) == 1

"""What the README and the pages beside it say is what the code does."""

import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from ci_mlops import errors
from ci_mlops.cli.main import BUG, COMMANDS, INTERRUPTED, TOLD_TO_END
from ci_mlops.config import parse_config
from ci_mlops.records.verdict import Outcome

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
EXIT_CODES = (ROOT / "docs" / "exit-codes.md").read_text()
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")] + [
    *(ROOT / "docs").rglob("*.md"),
    *(ROOT / "examples").rglob("*.md"),
]


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)


def test_the_first_screen_holds_exactly_two_commands_of_one_line_each():
    commands = blocks("sh")

    assert len(commands) == 2
    assert [command.count("\n") for command in commands] == [1, 1]
    assert "ci-mlops demo" in commands[0]
    assert "pytest" in commands[1]


def test_ci_runs_the_very_commands_of_the_readme():
    shown = subprocess.run(
        [ROOT / ".ci" / "run", "--show"], capture_output=True, text=True, check=True
    ).stdout

    assert shown == "".join(blocks("sh"))


@pytest.mark.parametrize("text", blocks("yaml"), ids=lambda text: re.search(r"model: (\S+)", text)[1])
def test_a_config_in_the_readme_is_valid(text):
    config = parse_config(text, name="README.md")

    assert config.policy().gates


def test_the_readme_shows_the_whole_list_of_commands():
    table = README.split("## Commands")[1].split("\n## ")[0]
    shown = {name for name in COMMANDS if re.search(rf"`[^`]*\b{name}\b", table)}
    mentioned = set(re.findall(r"`ci-mlops ([a-z]+)\b", README))

    assert shown == set(COMMANDS)
    assert mentioned <= set(COMMANDS)


@pytest.mark.parametrize("page", [README, EXIT_CODES], ids=["README.md", "exit-codes.md"])
def test_every_verdict_is_explained(page):
    assert [outcome for outcome in get_args(Outcome) if f"`{outcome}`" not in page] == []


def test_every_exit_code_is_explained_and_none_is_invented():
    kinds = {
        kind.exit_code
        for kind in vars(errors).values()
        if isinstance(kind, type) and hasattr(kind, "exit_code")
    }
    verdicts = {0, 1, 10}
    rows = {int(code) for code in re.findall(r"^\| (\d+) \|", EXIT_CODES, flags=re.MULTILINE)}

    assert rows == kinds | verdicts | {BUG, INTERRUPTED, TOLD_TO_END}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_into_the_repository_leads_somewhere(page):
    links = re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text())

    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_file_that_a_page_names_is_there(page):
    named = re.findall(
        r"`((?:tests|docs|examples|templates|ci_mlops|benchmarks)/[\w./-]+)`", page.read_text()
    )

    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_metric_that_the_contributing_page_shows_can_be_judged():
    (block,) = re.findall(
        r"^```python\n(.*?)^```", (ROOT / "CONTRIBUTING.md").read_text(), flags=re.MULTILINE | re.DOTALL
    )
    shown = {}
    exec(block, shown)
    metric = shown["geometric_mean"]

    assert metric.formula(40, 10, 10, 40) == pytest.approx(0.8)
    assert metric.formula(0.4, 0.1, 0.1, 0.4) == pytest.approx(0.8)
    assert metric.events(40, 10, 5, 40) == 45


def test_point_gates_decide_by_chance_as_the_readme_says():
    table = subprocess.run(
        [sys.executable, ROOT / "docs" / "point_gates.py"], capture_output=True, text=True, check=True
    )
    rows = [
        [cell.strip().rstrip("%") for cell in line.split("|")[1:-1]] for line in table.stdout.splitlines()[2:]
    ]
    refused = [float(row[2]) for row in rows if row[1] == "as good"]
    passed = [float(row[3]) for row in rows if row[1] != "as good"]

    assert all(45 < share < 55 for share in (*refused, *passed))
    assert "about half of the time" in README

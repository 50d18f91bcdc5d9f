import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from ci_mlops.cli.report import command
from ci_mlops.report import write_verdict
from tests.report import verdicts
from tests.report.conftest import EXPECTED

HEAVY = ("numpy", "pydantic", "yaml", "mlflow", "sklearn", "pandas", "pyarrow", "github", "requests")


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "verdict.json"
    write_verdict(path, verdicts.blocked())
    return path


def run(*words, **variables):
    code = f"import sys; sys.argv = ['ci-mlops', *{words!r}]; from ci_mlops.cli.main import main; main()"
    environ = {**os.environ, "PYTHONPATH": str(Path.cwd()), **variables}
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environ, check=False
    )


@pytest.mark.parametrize(("dialect", "expected"), [("github", "blocked.md"), ("markdown", "blocked.full.md")])
def test_a_verdict_is_printed_whole(file, dialect, expected):
    done = run("report", str(file), "--format", dialect)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (EXPECTED / expected).read_text(encoding="utf-8")


def test_json_is_the_file_itself(file):
    done = run("report", str(file), "--format", "json")

    assert done.stdout == file.read_text(encoding="utf-8")
    assert json.loads(done.stdout)["verdict"] == "blocked"


def test_a_blocked_verdict_can_be_read_all_the_same(file):
    done = run("report", str(file), COLUMNS="100")

    assert done.returncode == 0
    assert done.stdout == (EXPECTED / "blocked.txt").read_text(encoding="utf-8")


def test_a_damaged_file_ends_with_the_code_of_bad_data(file):
    file.write_text(file.read_text()[:100])
    done = run("report", str(file))

    assert done.returncode == 4
    assert done.stdout == ""
    assert done.stderr.startswith("error: this is not a verdict: ")
    assert f"where: {file}" in done.stderr


@pytest.mark.parametrize("dialect", ["terminal", "markdown", "github", "html", "json"])
def test_nothing_heavy_is_imported_to_render_a_verdict(file, dialect):
    code = (
        "import sys; from click.testing import CliRunner; from ci_mlops.cli.report import command; "
        f"assert CliRunner().invoke(command, [{str(file)!r}, '--format', {dialect!r}]).exit_code == 0; "
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"


def test_a_dialect_that_does_not_exist_is_a_usage_error(file):
    assert CliRunner().invoke(command, [str(file), "--format", "docx"]).exit_code == 2

"""docs/cost.md tells what its command prints."""

import subprocess
import sys

from tests.test_readme import ROOT


def test_the_worked_example_of_costs_is_what_its_command_prints():
    done = subprocess.run(
        [sys.executable, ROOT / "docs" / "cost_example.py"], capture_output=True, text=True, check=True
    )

    assert f"\n```\n{done.stdout.rstrip()}\n```\n" in (ROOT / "docs" / "cost.md").read_text(encoding="utf-8")

"""`ci-mlops plugins` as its user runs it."""

import re
import subprocess
import sys
from importlib.metadata import entry_points


def test_every_installed_plugin_is_listed_with_what_it_needs():
    done = subprocess.run(
        [sys.executable, "-m", "ci_mlops.cli", "plugins"], capture_output=True, text=True, check=True
    )
    installed = {
        p.name
        for kind in ("metrics", "platforms", "registries")
        for p in entry_points(group=f"ci_mlops.{kind}")
    }

    assert set(re.findall(r"(?m)^  (\S+)", done.stdout)) == installed
    assert re.search(
        r"log_loss +classification of two or more classes; lower is better; needs probabilities\n",
        done.stdout,
    )
    assert re.search(
        r"recall +classification of two classes, or `recall of LABEL` among more; higher is better\n",
        done.stdout,
    )
    assert "metrics/mine.py:profit" in done.stdout

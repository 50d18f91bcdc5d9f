"""One environment of ci-mlops per job, as on real runners: in host mode every job is on this one machine."""

import shutil
import site
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

import ci_mlops

DOOR = "import sys\nfrom ci_mlops.cli.main import main\nsys.exit(main())\n"


def make_home(home: Path) -> Path:
    """A copy of the package that may be damaged, on top of the packages that are installed here."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(home)], check=True)
    [packages] = home.glob("lib/python*/site-packages")
    shutil.copytree(
        Path(ci_mlops.__file__).parent, packages / "ci_mlops", ignore=shutil.ignore_patterns("__pycache__")
    )
    (packages / "theirs.pth").write_text("\n".join(site.getsitepackages()) + "\n")
    door = home / "bin" / "ci-mlops"
    door.write_text(f"#!{home}/bin/python\n{DOOR}")
    door.chmod(0o755)
    return home


def with_homes(workflow: str, folder: Path) -> str:
    """The same workflow, each job with a home of its own below `folder`."""
    document: dict[Any, Any] = yaml.safe_load(workflow)
    # YAML 1.1 reads the key `on` as true
    document["on"] = document.pop(True)
    for name, job in document["jobs"].items():
        job["env"] = {"CI_MLOPS_HOME": str(make_home(folder / name))}
    return yaml.safe_dump(document, sort_keys=False)

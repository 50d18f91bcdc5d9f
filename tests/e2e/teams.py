"""Teams with more to say in their configs, or with more models, than the one of `team.py`."""

from pathlib import Path

from ci_mlops.datasets.lock import write_lock
from ci_mlops.datasets.pins import pin_data
from tests.e2e.team import CHAMPION, CONFIG, SCORE, Proposed, Team, rows, train_on

MODELS = ("churn", "credit", "fraud")


class Ruled(Team):
    """One model, `credit`; `also`: what else its config says."""

    def __init__(self, home: Path, *, also: str) -> None:
        super().__init__(home)
        self.commit({"ci-mlops.yml": CONFIG + also})


class Several(Team):
    """Three models in one repository, each in a folder of its own; `also`: what else each config says."""

    def __init__(self, home: Path, *, also: str = "") -> None:
        super().__init__(home)
        self._git("rm", "--quiet", "-r", "ci-mlops.yml", "ci-mlops.lock", "train.py", "score.py", "data")
        for model in MODELS:
            self._add(model, CONFIG.replace("model: credit", f"model: {model}") + also)

    def _add(self, model: str, config: str) -> None:
        command = "  run: python train.py\n"
        files = {
            "ci-mlops.yml": config.replace(command, f"{command}  inputs: [train.py]\n"),
            "score.py": SCORE,
            "data/train.csv": rows(200, seed=1),
            "data/test.csv": rows(300, seed=2),
            **train_on(CHAMPION),
        }
        self.commit({f"{model}/{name}": text for name, text in files.items()})
        sets = {"train": ("data/train.csv",), "test": ("data/test.csv",)}
        folder = self.folder / model
        write_lock(folder / "ci-mlops.lock", pin_data(folder, sets, self._home / "pins"))
        self.commit({})


def train_all_on(**models: str) -> dict[str, str]:
    """`train_all_on(credit=WORSE)`: the files of a change to `Several`."""
    return {
        f"{model}/{name}": text for model, those in models.items() for name, text in train_on(those).items()
    }


def branch_of(team: Team, files: dict[str, str]) -> Proposed:
    """A branch as somebody asks about it by hand: with the whole history, and without a merge."""
    base = team._git("rev-parse", "main")
    team._git("checkout", "--quiet", "-B", "feature", "main")
    head = team.commit(files)
    folder = team.folder.parent / "whole"
    team._git("clone", "--quiet", "--branch", "feature", team.folder.as_uri(), str(folder))
    team._git("-C", str(folder), "remote", "set-url", "origin", "https://github.com/acme/credit.git")
    team._git("checkout", "--quiet", "main")
    return Proposed(folder=folder, head=head, base=base)

"""Teams whose model is three numbers and whose scoring needs no library: a run is about the workflow, not about training."""

from pathlib import Path

from ci_mlops.datasets.lock import write_lock
from ci_mlops.datasets.pins import pin_data
from tests.e2e.team import CONFIG, Proposed, Team, rows

TRAIN = """\
import pathlib
WEIGHTS = {weights}
pathlib.Path("model.txt").write_text(" ".join(map(str, WEIGHTS)))
"""
SCORE = """\
import csv, sys
model, features, output = sys.argv[1:]
weights = [float(word) for word in open(model).read().split()]
with open(output, "w") as file:
    print("id,prediction,score", file=file)
    for row in csv.DictReader(open(features)):
        at = sum(weight * float(row[name]) for weight, name in zip(weights, ("income", "debt", "noise")))
        print(row["customer"], int(at > 0), 1 / (1 + 2.718 ** -at), sep=",", file=file)
"""
CHAMPION, BETTER, WORSE = (1, 0, 0), (2.5, -1.5, 0), (0, 0, 1)
SETTINGS = CONFIG.replace(
    "  run: python train.py\n  model: {path: model}\n",
    "  run: python train.py\n  inputs: [train.py]\n  model: {path: model.txt}\n",
)
MODELS = ("churn", "credit", "fraud")


class Quick(Team):
    """One model, `credit`; `also`: what else its config says."""

    def __init__(self, home: Path, *, also: str = "") -> None:
        self._found(home)
        self._add(".", SETTINGS + also)

    def _found(self, home: Path) -> None:
        self.folder = home / "upstream"
        self._home = home
        self._clones = 0
        self.folder.mkdir()
        self._git("init", "--quiet", "--initial-branch", "main")
        self.commit({"requirements.txt": "", ".gitignore": ".ci-mlops*/\nmodel.txt\n"})

    def _add(self, place: str, config: str) -> None:
        files = {
            "ci-mlops.yml": config,
            "score.py": SCORE,
            "data/train.csv": rows(20, seed=1),
            "data/test.csv": rows(300, seed=2),
            **trained(CHAMPION),
        }
        self.commit({f"{place}/{name}": text for name, text in files.items()})
        sets = {"train": ("data/train.csv",), "test": ("data/test.csv",)}
        folder = self.folder / place
        write_lock(folder / "ci-mlops.lock", pin_data(folder, sets, self._home / "pins"))
        self.commit({})


class Several(Quick):
    """Three models in one repository, each in a folder of its own."""

    def __init__(self, home: Path, *, also: str = "") -> None:
        self._found(home)
        for model in MODELS:
            self._add(model, SETTINGS.replace("model: credit", f"model: {model}") + also)


def trained(weights: tuple[float, ...]) -> dict[str, str]:
    return {"train.py": TRAIN.format(weights=weights)}


def trained_all(**models: tuple[float, ...]) -> dict[str, str]:
    """`trained_all(credit=WORSE)`: the files of a change to `Several`."""
    return {
        f"{model}/{name}": text for model, those in models.items() for name, text in trained(those).items()
    }


def branch_of(team: Team, files: dict[str, str]) -> Proposed:
    """A branch as somebody asks about it by hand: with the whole history, and without a merge."""
    base = team._git("rev-parse", "main")
    team._git("checkout", "--quiet", "-B", "feature", "main")
    head = team.commit(files)
    folder = team.folder.parent / "whole"
    team._git("clone", "--quiet", "--branch", "feature", team.folder.as_uri(), str(folder))
    address = "https://github.com/acme/credit.git"
    team._git("-C", str(folder), "remote", "set-url", "origin", address)
    team._git("checkout", "--quiet", "main")
    return Proposed(folder=folder, head=head, base=base)

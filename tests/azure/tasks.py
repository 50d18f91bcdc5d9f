"""The tasks that templates use, by folders of this machine. Inputs that are not known here are errors."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.azure.errors import PipelineRefused

Task = Callable[[Mapping[str, str], Path, Path], None]


def use_python(inputs: Mapping[str, str], folder: Path, artifacts: Path) -> None:
    """The machine has the team's Python."""
    _known(inputs, {"versionSpec"}, {"addToPath", "architecture"})


def publish_pipeline_artifact(inputs: Mapping[str, str], folder: Path, artifacts: Path) -> None:
    _known(inputs, {"targetPath", "artifact"}, {"publishLocation"})
    publish(folder / inputs["targetPath"], inputs["artifact"], artifacts)


def download_pipeline_artifact(inputs: Mapping[str, str], folder: Path, artifacts: Path) -> None:
    _known(inputs, {"artifactName", "targetPath"}, {"buildType"})
    source = _held(artifacts, inputs["artifactName"])
    shutil.copytree(source, folder / inputs["targetPath"], dirs_exist_ok=True)


def publish_build_artifacts(inputs: Mapping[str, str], folder: Path, artifacts: Path) -> None:
    _known(inputs, {"PathtoPublish", "ArtifactName"}, {"publishLocation"})
    publish(folder / inputs["PathtoPublish"], inputs["ArtifactName"], artifacts, anew=True)


def download_build_artifacts(inputs: Mapping[str, str], folder: Path, artifacts: Path) -> None:
    """This one puts the artifact into a folder of its name."""
    _known(inputs, {"artifactName", "downloadPath"}, {"buildType", "downloadType"})
    name = inputs["artifactName"]
    shutil.copytree(_held(artifacts, name), folder / inputs["downloadPath"] / name, dirs_exist_ok=True)


def publish(source: Path, name: str, artifacts: Path, *, anew: bool = False) -> None:
    if not name or set(name) & set('\\/:*?"<>|'):
        raise PipelineRefused(f"'{name}' is no name of an artifact")
    if not source.exists():
        raise PipelineRefused(f"Path does not exist: {source}")
    if (artifacts / name).exists() and not anew:
        raise PipelineRefused(f"Artifact {name} already exists for this build")
    if source.is_dir():
        shutil.copytree(source, artifacts / name, dirs_exist_ok=anew)
    else:
        (artifacts / name).mkdir(parents=True)
        shutil.copy(source, artifacts / name)


def _held(artifacts: Path, name: str) -> Path:
    if not (artifacts / name).is_dir():
        raise PipelineRefused(f"Artifact {name} was not found for this build")
    return artifacts / name


def _known(inputs: Mapping[str, str], needed: set[str], others: set[str]) -> None:
    if lacking := needed - set(inputs):
        raise PipelineRefused(f"Input required: {min(lacking)}")
    if unknown := set(inputs) - needed - others:
        raise PipelineRefused(f"the task has no input '{min(unknown)}'")


TASKS: dict[str, Task] = {
    "UsePythonVersion@0": use_python,
    "PublishPipelineArtifact@1": publish_pipeline_artifact,
    "DownloadPipelineArtifact@2": download_pipeline_artifact,
    "PublishBuildArtifacts@1": publish_build_artifacts,
    "DownloadBuildArtifacts@1": download_build_artifacts,
}

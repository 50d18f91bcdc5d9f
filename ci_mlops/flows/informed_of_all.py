"""The models that a change touches, each judged for information by what a run without rights left of it."""

from pathlib import Path

from ci_mlops import repository
from ci_mlops.flows.artifact import predictions_artifact_name
from ci_mlops.flows.informed import Left, Room, could_not, judge_left
from ci_mlops.flows.project import CONFIG
from ci_mlops.flows.validate_all import find_models
from ci_mlops.records import Change, EndedRun, Verdict


def judge_all_left(room: Room, run: EndedRun, change: Change, tree: Path) -> dict[str, Verdict]:
    """
    By the name of each one's folder below the output; the models are those that base has: whoever wrote the change
    could add any number of others.

    Raises:
        BadConfig: they can't be told apart.
    """
    known = set(repository.files_named(CONFIG, change.base or "", tree))
    told: dict[str, Verdict] = {}
    for found in find_models(room.about(change), tree.resolve()):
        if found.decision == "untouched" or found.config not in known:
            continue
        config = Path(found.config)
        if found.refused is not None:
            told[found.slug] = could_not(found.refused, room, change, tree / config, model=found.name)
        else:
            artifact = predictions_artifact_name(found.name)
            left = Left(config=config, artifact=artifact, place=found.slug)
            told[found.slug] = judge_left(room, run, change, tree, left)
    return told

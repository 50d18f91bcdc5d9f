"""What `train` and `predict` handed over, held against itself, the pins and the registry before it is judged."""

from dataclasses import dataclass
from pathlib import Path

import msgspec

from ci_mlops.datasets.digest import data_digest
from ci_mlops.environments.digest import environment_digest
from ci_mlops.errors import BadData
from ci_mlops.flows import store
from ci_mlops.flows.champion import FromBase, FromRegistry, NoChampion, find_champion
from ci_mlops.flows.checkout import Role, code_of, parts_with
from ci_mlops.flows.code import code_digest
from ci_mlops.flows.fingerprint import fingerprint
from ci_mlops.flows.open_registry import registry_pointer
from ci_mlops.flows.own_environment import CURRENT
from ci_mlops.flows.predicted import Predicted
from ci_mlops.flows.project import Project
from ci_mlops.flows.rows_to_ask import moved_name
from ci_mlops.flows.tools import Tools
from ci_mlops.flows.train import head_checkout
from ci_mlops.records import TrainedModel

AGAIN = "Run `ci-mlops train` and `ci-mlops predict` first, with the same --output."


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One model as it was handed over, and its predictions."""

    card: TrainedModel
    told: Predicted
    predictions: Path


def read_side(output: Path, role: Role, project: Project, *, with_model: bool = True) -> Side:
    """
    `with_model` False: its card alone was handed over, and nothing is said of its bytes.

    Raises:
        BadData: it is not there, not whole, or of another model or other rows.
    """
    place = output / "models" / role
    held = store.get(place) if with_model else None
    card = held[0] if held else None if with_model else store.get_card(place)
    if card is None:
        raise BadData(
            f"there is no {role} in the hand-over",
            where=str(place),
            mend=AGAIN,
        )
    predictions = output / "predictions"
    told = read_told(predictions / f"{role}.json")
    wrong = ""
    if told.model != card.model.digest:
        wrong = f"are of another model ({told.model[:19]}, not {card.model.digest[:19]})"
    elif told.pin != "base":
        wrong = "are for a pin that this change moves"
    elif told.test != f"sha256:{data_digest(project.policy_lock.data.get('test', ()))}":
        wrong = "are for other test data than the policy pins"
    if wrong:
        raise BadData(
            f"the predictions of the {role} {wrong}", where=str(predictions / f"{role}.json"), mend=AGAIN
        )
    return Side(card=card, told=told, predictions=predictions / f"{role}.parquet")


def read_moved(output: Path, side: Side, project: Project) -> Side | None:
    """What the same model says of the rows that the change pins instead of base's; None: nothing that fits them."""
    place = output / "predictions" / f"{moved_name(side.card.role)}.json"
    if not place.is_file():
        return None
    told = read_told(place)
    rows = f"sha256:{data_digest(project.lock.data.get('test', ()))}"
    if (told.pin, told.model, told.test) != ("moved", side.card.model.digest, rows):
        return None
    return Side(card=side.card, told=told, predictions=place.with_suffix(".parquet"))


def read_told(path: Path) -> Predicted:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Predicted)
    except (OSError, RecursionError, msgspec.DecodeError) as error:
        raise BadData(f"{path.name} can't be read: {error}", where=str(path), mend=AGAIN) from error


def read_candidate(project: Project, output: Path, *, with_model: bool = True) -> Side:
    """
    Raises:
        BadData: also where it was not made of what is checked out here.
    """
    side = read_side(output, "candidate", project, with_model=with_model)
    if other := _what_differs(side.card, project):
        raise BadData(
            f"the candidate in the hand-over was made of other {other} than what is judged here",
            where=str(output / "models" / "candidate"),
            mend=f"{AGAIN} Between jobs, files that a job makes before it trains and git does not ignore count as code.",
        )
    return side


def _what_differs(card: TrainedModel, project: Project) -> str:
    checkout = head_checkout(project)
    if card.commit != checkout.commit:
        return f"commits ({_short(card.commit)}, not {_short(checkout.commit)})"
    said = dict(card.parts)
    # in the job that trained, the training may have left files that would count as code now
    is_apart = project.change.event != "local" and card.job != project.change.job
    code = code_digest(code_of(checkout)) if is_apart else said.get("code", "")
    # a declared one is known by its lock alone; of `current` only the job that trained can tell
    solved = None if checkout.config.environment == CURRENT else checkout.lock.environment
    environment = said.get("environment", "") if solved is None else environment_digest(solved)
    expected = parts_with(checkout, code=code, environment=environment)
    differing = [part for part, value in expected if said.get(part) != value]
    if not differing and fingerprint(card.parts) != card.fingerprint:
        return "parts (the fingerprint)"
    return f"parts ({', '.join(differing)})" if differing else ""


def _short(commit: str | None) -> str:
    return commit[:8] if commit else "none"


def read_champion(
    tools: Tools, project: Project, output: Path, *, with_model: bool = True
) -> tuple[Side | None, str]:
    """
    The champion, or why there is none.

    Raises:
        BadData: one that should be there is not (no free pass), or it is not the registry's.
    """
    found = find_champion(project, registry_pointer(tools, project.policy, project.folder))
    if isinstance(found, NoChampion):
        return None, found.reason
    side = read_side(output, "champion", project, with_model=with_model)
    if isinstance(found, FromBase) and side.card.commit != found.commit:
        raise _another(f"of base's commit {_short(found.commit)}", "Did base move meanwhile?", output)
    if isinstance(found, FromRegistry) and found.version.digest != side.card.model.digest:
        whose = f"version {found.version.number}, which {found.stage} points to"
        raise _another(whose, "Did the stage move meanwhile?", output)
    return side, ""


def _another(whose: str, asked: str, output: Path) -> BadData:
    return BadData(
        f"the champion in the hand-over is not {whose}",
        where=str(output / "models" / "champion"),
        mend=f"{asked} {AGAIN}",
    )

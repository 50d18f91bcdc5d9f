"""A model that somebody serves: who may get the token, what it says of the test rows, and what it is known by."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ci_mlops.endpoints.address import read_address
from ci_mlops.endpoints.asking import Asking, token_for
from ci_mlops.endpoints.scoring import Served, ask_all, describe, read_table
from ci_mlops.errors import BadConfig, BadData
from ci_mlops.flows.project import Project
from ci_mlops.flows.scoring import Answers, Scoring
from ci_mlops.records import TrainedModel

if TYPE_CHECKING:
    import numpy as np

    from ci_mlops.config import Config
    from ci_mlops.endpoints.dialects import Said

FILE = "endpoint.json"


def is_endpoint(uri: str | None) -> bool:
    return uri is not None and uri.startswith(("http://", "https://"))


def endpoint_of(config: "Config | None") -> str | None:
    uri = config.train.model.uri if config and config.train else None
    return uri if is_endpoint(uri) else None


def endpoint_of_card(project: Project, card: TrainedModel) -> str | None:
    """Told by the config that the card is of, never by the files: what a training writes must not lead us anywhere."""
    base = project.base.config if project.base else None
    config = base if card.role == "champion" and card.origin != "registry" else project.config
    return endpoint_of(config) if card.source == "uri" else None


def trusted_hosts(project: Project) -> frozenset[str] | None:
    """
    Who may get the token: whom the base branch names, for a change could name anybody. None: a laptop, where the
    config is the person's own.
    """
    if project.change.event == "local":
        return None
    named = endpoint_of(project.base.config if project.base else None)
    return frozenset({read_address(named).host}) if named else frozenset()


def ask_it(uri: str, hosts: frozenset[str] | None, where: str) -> Asking:
    address = read_address(uri, where)
    return Asking(address=address, token=token_for(address, hosts))


def write_identity(uri: str, served: Served, into: Path) -> Path:
    """What stands for the model: nobody has its bytes."""
    told = {"format": "ci-mlops/endpoint/v1", "uri": uri, "told": served.told}
    into.mkdir(parents=True, exist_ok=True)
    place = into / FILE
    place.write_text(json.dumps(told, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return place


def ask_endpoint(uri: str, hosts: frozenset[str] | None, scoring: Scoring) -> Answers:
    """
    Raises:
        TrainingFailed: it fails, refuses or is too slow.
        BadData: it is another one than was handed over, or its answers don't fit the rows.
    """
    asking = ask_it(uri, hosts, "train.model.uri")
    served = describe(asking)
    _hold(scoring.model, uri, served)
    features = scoring.features
    columns = [name for name in features.columns if name != scoring.id]
    said = ask_all(asking, served, read_table(features.path, features.delimiter, columns))
    return _answers(said, columns, scoring)


def _hold(identity: Path, uri: str, served: Served) -> None:
    try:
        told = json.loads(identity.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        told = None
    now = {"format": "ci-mlops/endpoint/v1", "uri": uri, "told": json.loads(json.dumps(served.told))}
    if told != now:
        raise BadData(
            "The endpoint is not what it was when this run began: it tells another address or version of itself",
            where=uri,
            mend="Was another model deployed meanwhile? Run again.",
        )


def _answers(said: "Said", columns: list[str], scoring: Scoring) -> Answers:
    import numpy as np

    scores = None if said.scores is None else np.array(said.scores, dtype=np.float64)
    predictions, classes = _array(said.predictions), said.classes
    if scoring.task == "regression":
        if predictions is None:
            raise _unclear(scoring, f"{scores.shape[1] if scores is not None else 0} numbers for each row")
        return _told(predictions, None, None, columns)
    if predictions is not None and predictions.dtype.kind == "f" and _is_share(predictions):
        return _told(None, predictions, None, columns)
    if scores is None:
        return _told(predictions, None, None, columns)
    if classes is None:
        classes = _names(predictions, scores)
    if classes is None and set(scoring.classes) == {str(code) for code in range(scores.shape[1])}:
        classes = tuple(str(code) for code in range(scores.shape[1]))
    if classes is None and predictions is None:
        raise _unclear(scoring, f"{scores.shape[1]} numbers for each row, and no names of classes")
    if classes is None:
        return _told(predictions, None, None, columns)
    if predictions is None:
        predictions = np.array(classes)[scores.argmax(axis=1)]
    return _told(predictions, scores, classes, columns)


def _told(
    predictions: "np.ndarray[Any, Any] | None",
    scores: "np.ndarray[Any, Any] | None",
    classes: tuple[str, ...] | None,
    columns: list[str],
) -> Answers:
    inside = scores is not None and bool(((scores >= 0) & (scores <= 1)).all())
    kind = None if scores is None else ("probability" if inside else "decision")
    return Answers(
        predictions=predictions,
        scores=scores,
        score_kind=kind,
        classes=classes,
        columns=tuple(columns),
        libraries={},
    )


def _array(values: tuple[Any, ...] | None) -> "np.ndarray[Any, Any] | None":
    import numpy as np

    if values is None:
        return None
    if all(isinstance(value, int | float | None) for value in values):
        return np.array([np.nan if value is None else value for value in values])
    # an empty text is what the table of answers takes for nothing said
    return np.array(["" if value is None else str(value) for value in values])


def _is_share(values: "np.ndarray[Any, Any]") -> bool:
    import numpy as np

    return bool(((values >= 0) & (values <= 1)).all() and (values != np.round(values)).any())


def _names(
    predictions: "np.ndarray[Any, Any] | None", scores: "np.ndarray[Any, Any]"
) -> tuple[str, ...] | None:
    """Where each class is somewhere the likeliest and always goes with one label, the answers tell the names."""
    if predictions is None:
        return None
    likeliest = scores.argmax(axis=1)
    said = [set(predictions[likeliest == place].tolist()) for place in range(scores.shape[1])]
    names = tuple(str(next(iter(labels))) for labels in said if len(labels) == 1)
    return names if len(set(names)) == scores.shape[1] else None


def _unclear(scoring: Scoring, what: str) -> BadData:
    return BadData(
        f"The {scoring.role}'s endpoint gives {what}",
        where=str(scoring.model),
        mend="Let it give labels or numbers, or one column for each class, named by its label.",
    )


def refuse_to_register(config: "Config") -> None:
    """
    Raises:
        BadConfig: there are no bytes that a registry could keep.
    """
    uri = endpoint_of(config)
    if uri is not None:
        raise BadConfig(
            "An endpoint can't be registered: nobody here has the model's files",
            where=config.where("train", "model", "uri"),
            mend="Register the model where it is made (`uri: models:/NAME/VERSION`, or a file), or leave `register` out.",
        )

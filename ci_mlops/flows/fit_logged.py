"""`train.model: mlflow`: the script logs its model with MLflow, as it always did, into a store of ours for this run."""

import os
from pathlib import Path

from ci_mlops.errors import TrainingFailed
from ci_mlops.flows.checkout import Checkout, code_of, training_of
from ci_mlops.flows.fitted import Fitted, log_of, run_training
from ci_mlops.flows.logged import LoggedModel, addresses_of, elsewhere, logged_models, run_count, without_run
from ci_mlops.flows.tools import Tools
from ci_mlops.ports import Environment
from ci_mlops.repository import find_root

_SHOWN = 8


def fit(tools: Tools, environment: Environment, checkout: Checkout, output: Path, private: Path) -> Fitted:
    """
    Raises:
        TrainingFailed: nothing was logged with us, or several models and none of them named.
    """
    # MLflow makes it, with its default experiment; of a folder that is there it thinks that it has one
    store = private / "mlflow"
    escapes = _escapes(checkout)
    if escapes:
        tools.say(f"notice: {_leads_away(escapes)}; what is logged there is not seen by us")
    try:
        finished = run_training(tools, environment, checkout, output, variables=_variables(store))
    except TrainingFailed as error:
        if not escapes:
            raise
        raise TrainingFailed(
            error.what,
            where=error.where,
            mend=f"{error.mend} {_leads_away(escapes)}: {_LEAVE_OUT}",
        ) from error
    model = _chosen(store, escapes, checkout, log_of(checkout, output))
    card = model.folder / "MLmodel"
    # what these lines name is removed with the store; without them an equal model keeps an equal digest
    card.write_text(without_run(card.read_text(encoding="utf-8")), encoding="utf-8")
    return Fitted(finished=finished, model=model.folder)


def _variables(store: Path) -> dict[str, str]:
    """
    Files and no database: with one, MLflow puts the models into `./mlruns`, which is the team's tree, and its first
    use costs seconds of migrations.
    """
    return {
        "MLFLOW_TRACKING_URI": store.as_uri(),
        "MLFLOW_REGISTRY_URI": store.as_uri(),
        "MLFLOW_ALLOW_FILE_STORE": "true",
        "MLFLOW_DISABLE_TELEMETRY": "true",
    }


def _chosen(store: Path, escapes: tuple[str, ...], checkout: Checkout, log: Path) -> LoggedModel:
    settings = training_of(checkout).model.mlflow
    wanted = settings.name if settings else None
    where = f"{log}; {checkout.config.where('train', 'model')}"
    models = logged_models(store)
    if not models:
        raise _nothing(store, escapes, checkout, where)
    fitting = models if wanted is None else tuple(model for model in models if wanted in model.names)
    if len(fitting) == 1:
        return fitting[0]
    shown = _listed(fitting or models)
    if not fitting:
        raise TrainingFailed(
            f"Training the {checkout.role} logged no model `{wanted}` with MLflow; logged: {shown}",
            where=where,
            mend="Let `train.model.mlflow.name` be one of these: a model, its run or its registered name.",
        )
    names = [name for model in fitting for name in {model.name, model.run, *model.registered}]
    alone = sorted({name for name in names if names.count(name) == 1})
    raise TrainingFailed(
        f"Training the {checkout.role} logged {len(fitting)} models"
        f"{f' as `{wanted}`' if wanted else ''} with MLflow, and which one ships is not told: {shown}",
        where=where,
        mend="Name it: `model: {mlflow: {name: NAME}}`, with one of "
        f"{', '.join(f'`{_plain(name)}`' for name in alone[:_SHOWN])}."
        if alone
        else "Log each under a name of its own (or register the one that ships), then write `model: {mlflow: {name: NAME}}`.",
    )


def _nothing(store: Path, escapes: tuple[str, ...], checkout: Checkout, where: str) -> TrainingFailed:
    runs = run_count(store)
    if escapes and not runs:
        return TrainingFailed(
            f"Training the {checkout.role} logged nothing with us: {_leads_away(escapes)}",
            where=where,
            mend=_LEAVE_OUT,
        )
    if elsewhere(store):
        return TrainingFailed(
            f"Training the {checkout.role} logged a model with MLflow, and its files went elsewhere",
            where=where,
            mend="Leave `artifact_location` out where the experiment is made, or use `model: capture`.",
        )
    what = "no model in it" if runs == 1 else f"no model in any of {runs} runs"
    return TrainingFailed(
        f"Training the {checkout.role} logged {what if runs else 'no run'} with MLflow",
        where=where,
        mend='Log it (`mlflow.sklearn.log_model(model, name="model")`, or `mlflow.autolog()` before the fit), '
        "or use `model: capture`, which needs no logging.",
    )


_LEAVE_OUT = (
    "let the script leave `set_tracking_uri` out where MLFLOW_TRACKING_URI is set, as in "
    '`if "MLFLOW_TRACKING_URI" not in os.environ: ...`, or use `model: capture`.'
)


def _leads_away(escapes: tuple[str, ...]) -> str:
    return f"the code sends MLflow to a store of its own at {', '.join(escapes)}"


def _escapes(checkout: Checkout) -> tuple[str, ...]:
    """`train.py:12`, for each plain `set_tracking_uri(...)` in the checkout's Python files."""
    here = checkout.folder.resolve()
    top = here if training_of(checkout).inputs else (find_root(here) or here).resolve()
    found = []
    for file in code_of(checkout):
        if file.path.endswith(".py"):
            text = (top / file.path).read_text(encoding="utf-8", errors="replace")
            name = os.path.relpath(top / file.path, here)
            # `set_tracking_uri(os.environ[...])` may well be ours: only an address that stands there is known
            found += [f"{name}:{line}" for line, address in addresses_of(text) if address]
    return tuple(found[:_SHOWN])


def _listed(models: tuple[LoggedModel, ...]) -> str:
    told = [f"`{_plain(model.name)}` of the run `{_plain(model.run)}`" for model in models[:_SHOWN]]
    return ", ".join(told) + (f" and {len(models) - _SHOWN} more" if len(models) > _SHOWN else "")


def _plain(name: str) -> str:
    """The team's word, short and without what a terminal or a report would take for its own."""
    return "".join(letter for letter in name[:60] if letter.isprintable() and letter not in "`|<>")

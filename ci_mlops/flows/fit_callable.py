"""`train.model: {callable: ...}`: our worker calls the team's function, and saves the estimator that it returns."""

import json
from pathlib import Path

from ci_mlops import workers
from ci_mlops.errors import TrainingFailed
from ci_mlops.flows.checkout import Checkout, train_pins, training_of
from ci_mlops.flows.fitted import Fitted, failed, log_of, parameters_of, read_answer, run_training
from ci_mlops.flows.tools import Tools
from ci_mlops.ports import Environment

_FIT = Path(str(workers.__file__)).with_name("fit.py")


def fit(tools: Tools, environment: Environment, checkout: Checkout, output: Path, private: Path) -> Fitted:
    settings = training_of(checkout)
    log = log_of(checkout, output)
    if settings.run is not None:
        run_training(tools, environment, checkout, output)
        log = log.with_name(f"fit-{checkout.role}.log")
    else:
        tools.say(f"{checkout.role}: training")
    into = private / "fitted"
    into.mkdir()
    answer = private / "answer.json"
    request = private / "request.json"
    request.write_text(
        json.dumps(
            {
                "callable": settings.model.callable,
                "train": [str(checkout.folder / pin.path) for pin in train_pins(checkout)],
                "into": str(into),
                "answer": str(answer),
            }
        ),
        encoding="utf-8",
    )
    finished = environment.run(
        [environment.python, str(_FIT), str(request)],
        folder=checkout.folder,
        log=log,
        time_limit=settings.time_limit,
        variables=parameters_of(checkout),
    )
    told = read_answer(answer)
    if "what" in told:
        raise TrainingFailed(
            f"Training the {checkout.role}: {told['what']}", where=str(log), mend=str(told.get("mend", ""))
        )
    if finished.exit_code != 0:
        raise failed(f"training the {checkout.role}", finished, log)
    return Fitted(finished=finished, model=next(iter(into.iterdir())))

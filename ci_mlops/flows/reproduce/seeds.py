"""The noise floor: the recipe is trained with other seeds, and each model held against the registered one."""

from ci_mlops.errors import BadData, TrainingFailed
from ci_mlops.evaluation.seed_effects import effects_of
from ci_mlops.flows.reproduce.bench import Bench, Kept
from ci_mlops.flows.reproduce.comparing import compare
from ci_mlops.flows.reproduce.trials import SEEDS, in_short
from ci_mlops.records.reproduction import MetricDifference, Seeds


def try_seeds(bench: Bench, fresh: Kept, registered: Kept, count: int) -> Seeds:
    """`fresh`: the plain training. One that fails tells nothing, and the others all the same."""
    made: list[tuple[MetricDifference, ...]] = []
    unlike, failure = 0, ""
    for number in range(1, count + 1):
        bench.tools.say(f"reproduce: training with other seeds, {number} of {count}")
        try:
            one = bench.train(variables_of(number))
            _, differences = compare(bench, one, registered, bench.work / f"seeds-{number}")
        except (TrainingFailed, BadData) as error:
            failure = in_short(error)
            continue
        unlike += one.card.model.digest != fresh.card.model.digest
        made.append(differences)
    return Seeds(
        asked=count, failed=count - len(made), failure=failure, unlike=unlike, effects=effects_of(made)
    )


def variables_of(number: int) -> dict[str, str]:
    """What a training gets in its environment, so that each seed of its script is another one."""
    return {
        "PYTHONPATH": SEEDS,
        "CI_MLOPS_SEEDS": "nothing",
        "CI_MLOPS_OTHER_SEED": str(number),
        "PYTHONHASHSEED": str(number),
    }

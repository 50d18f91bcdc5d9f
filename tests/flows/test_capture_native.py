"""A booster that is trained without an estimator is refused in words, with the ways out."""

import pytest

from ci_mlops.errors import TrainingFailed
from ci_mlops.flows.train import train
from tests.flows.scripts import SCRIPT, found_script

BOOSTER = """
import xgboost as xgb
booster = xgb.train({"nthread": 1}, xgb.DMatrix(X_train, y_train == "yes"), 3)
booster.save_model("model.json")
"""


def test_a_native_booster_beside_a_baseline_is_named_with_its_place(tmp_path):
    team = found_script(tmp_path, script=SCRIPT + BOOSTER)

    with pytest.raises(TrainingFailed) as refused:
        train(team.tools, team.project(), team.output)

    assert refused.value.exit_code == 6
    assert (
        "makes a native booster, which can't be captured: `xgboost.train` (train.py:14)" in refused.value.what
    )
    assert "`LGBMRegressor`" in refused.value.mend
    assert "{capture: {variable: NAME}}" in refused.value.mend
    assert "{path: ...}" in refused.value.mend

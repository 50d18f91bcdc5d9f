"""A drill decides as the judge does: by chosen thresholds, on binned slices; and it says what it leaves out."""

import pytest

from ci_mlops.errors import BadConfig
from ci_mlops.flows.drill.story import drill
from tests.evaluation.drills import two_classes
from tests.flows.rules import CONFIG, found_rules
from tests.flows.test_drill import TWO, of_file, written
from tests.flows.test_threshold import found_validated, run


def with_number(config):
    return config.replace("threshold: {by: cost}", "threshold: 0.5").replace(
        "  validation: data/valid.csv\n", ""
    )


def test_the_champion_is_drilled_from_the_threshold_that_it_is_judged_from(tmp_path):
    team = found_validated(tmp_path)
    verdict = run(team)
    found = drill(team.tools, team.project(), team.output)

    [cost] = [m for m in verdict.measurements if m.metric == found.metric and m.slice is None]
    assert found.champion == cost.champion
    assert verdict.drill.decoration == found.summary.decoration
    assert set(verdict.drill.allowed) <= set(found.summary.allowed)
    # and where somebody writes it as a number, from that: these scores miss more from 0.5 on
    config = team.folder / "ci-mlops.yml"
    config.write_text(with_number(config.read_text()))
    assert drill(team.tools, team.project(), team.output).champion > found.champion


def test_a_threshold_that_only_the_change_chooses_is_refused_as_nobody_was_asked_for_validation_rows(
    tmp_path,
):
    team = found_validated(tmp_path)
    config = team.folder / "ci-mlops.yml"
    chosen = config.read_text()
    config.write_text(with_number(chosen))
    team.pin()
    team.commit()
    team.git("branch", "-f", "main")
    run(team)
    config.write_text(chosen)
    team.pin()

    with pytest.raises(BadConfig, match="policy asks no model for them") as caught:
        drill(team.tools, team.project(), team.output)
    assert caught.value.where.startswith("ci-mlops.yml:")
    assert "as a number" in caught.value.mend


def test_a_prediction_file_can_not_choose_a_threshold(tmp_path):
    written(tmp_path, TWO.replace("metrics:", "threshold: {by: cost}\nmetrics:", 1), two_classes(100))
    config = tmp_path / "ci-mlops.yml"
    config.write_text(config.read_text().replace("  train:", "  validation: valid.csv\n  train:"))

    with pytest.raises(BadConfig, match="a prediction file brings none") as caught:
        of_file(tmp_path)
    assert caught.value.where == "ci-mlops.yml threshold"
    assert "as a number" in caught.value.mend


def test_binned_slices_are_drilled_and_a_search_that_blocks_is_told_as_left_out(tmp_path):
    more = "id: loan, slices: [{debt: [60]}], search: {columns: [income], severity: block}"
    rules = "  - {metric: recall, slice: '*', max_regression: 0.3}\n"
    team = found_rules(tmp_path, config=CONFIG.replace("id: loan", more) + rules)
    verdict = run(team)
    found = drill(team.tools, team.project(), team.output)

    cut = [gate.slice for one in found.sabotages for gate in one.gates if gate.slice is not None]
    assert set(cut) == {"debt=under 60", "debt=60 or more"}
    told = "no sabotage is held to it: what it would stop is not known, and none of it is counted"
    assert told in [skip.reason for skip in found.left_out]
    assert told in [skip.reason for skip in verdict.skips]
    assert found.summary.policy == verdict.policy.digest

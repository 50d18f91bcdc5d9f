"""Bins, crossings, groups and the search, on the whole road."""

import csv

from ci_mlops.flows.validate import validate
from tests.flows.rules import found_rules, with_share


def test_slices_groups_and_the_search_go_the_whole_road(tmp_path):
    team = found_rules(tmp_path)
    path = team.folder / "data" / "test.csv"
    with path.open(newline="") as file:
        rows = [{**row, "sex": "fm"[number % 2]} for number, row in enumerate(csv.DictReader(file))]
    with path.open("w", newline="") as file:
        lines = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        lines.writeheader()
        lines.writerows(rows)
    team.replace(
        "ci-mlops.yml",
        "id: loan",
        'id: loan, slices: [sex, {income: [60]}, "sex & income"], search: {columns: [income, sex], severity: block}',
    )
    team.replace(
        "ci-mlops.yml",
        "  - {metric: accuracy, min: 0.6}",
        '  - {metric: recall, slice: "sex & income", min: 0.1}\n'
        "  - {metric: equalized_odds_difference by sex, max: 0.9, max_regression: 0.5}",
    )
    team.pin()
    team.commit("Slice")
    team.git("branch", "-f", "main")
    with_share(team, 0.3)
    verdict = validate(team.tools, team.project(), team.output)
    ruled = {(gate.metric, gate.slice): gate.status for gate in verdict.gates}

    assert {f"sex={sex} & income={bin_}" for sex in "fm" for bin_ in ("under 60", "60 or more")} <= {
        name for name, _ in verdict.slices
    }
    assert ruled["recall", "sex=f & income=under 60"] == "held"
    assert ruled["equalized_odds_difference by sex", None] == "held"
    # what costs are given for is what is searched by; a share that is too low raises alarms everywhere
    assert verdict.search.loss == "expected_cost"
    assert verdict.search.correction == "Holm"
    assert {gate.slice for gate in verdict.gates if gate.metric == "expected_cost"} == (
        {one.slice for one in verdict.search.worse} or {f"any of {verdict.search.searched} searched slices"}
    )

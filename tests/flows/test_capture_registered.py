"""A captured champion from the registry: the rows that it was fitted on are known wherever it goes."""

from ci_mlops.flows.register import register
from ci_mlops.flows.validate import validate
from ci_mlops.report.codec import write_verdict
from tests.fakes.registry import FakeRegistry
from tests.flows.scripts import CONFIG, ROWS, found_script

STORED = CONFIG + 'registry: {uri: "sqlite:///registry/mlflow.db", stages: [staging]}\n'


def test_the_rows_of_a_registered_champion_are_left_out_though_base_has_moved_on(tmp_path):
    team = found_script(tmp_path, config=STORED)
    store = FakeRegistry(tmp_path / "registry")
    team.registries[f"sqlite:///{team.folder}/registry/mlflow.db"] = store
    first = validate(team.tools, team.project(), team.output)
    write_verdict(team.output / "verdict.json", first)
    (team.output / "report.md").write_text("# a report\n")
    register(team.tools, team.project(), team.output)

    team.replace("train.py", "random_state=7", "random_state=8")
    team.commit("Split otherwise")
    verdict = validate(team.tools, team.project(), team.output)

    assert store.pointer("loans", "staging").number == "1"
    assert verdict.champion.version == "1"
    assert (verdict.overlap.champion, verdict.overlap.candidate) == (280, 280)
    assert 280 < verdict.overlap.excluded < ROWS
    assert verdict.rows.compared == ROWS - verdict.overlap.excluded
    # one file, split inside the script: what it holds proves nothing beside the record
    assert verdict.proof.models == ()

"""A run says that it begins while the platform fails: said once, kept over the old report, and replaced by its verdict."""

import time
from dataclasses import replace

import pytest

from ci_mlops.errors import PlatformFailed
from ci_mlops.flows.begin import begin
from tests.fakes import azure_plan, github_plan
from tests.platforms import test_azure_faults as on_azure, test_github_faults as on_github
from tests.platforms.conftest import HEAD

CONFIG = """\
model: credit-default
task: classification
data:
  train: train.csv
  test: {path: test.csv, target: paid}
"""


class OnGitHub:
    """The one comment and the statuses, as the fake holds them."""

    writes = on_github.WRITES
    passing = on_github.PASSING
    hurried = on_github.HURRIED
    hour = github_plan.Fault(status=429, message="Too many", headers={"Retry-After": "3600"})
    bad = github_plan.bad_gateway()
    revoke = github_plan.Fault(kind="revoke")

    def __init__(self, fake, make):
        self.fake, self.make = fake, make

    def run(self, number, **more):
        return self.make(run=number, **more)

    def comments(self):
        return [one["body"] for one in self.fake.comments[7]]

    def states(self):
        return [one["state"] for one in reversed(self.fake.statuses[HEAD])]


class OnAzure:
    """The one thread's words and the statuses."""

    writes = on_azure.WORDS
    passing = on_azure.PASSING
    hurried = on_azure.HURRIED
    hour = azure_plan.answers(429, Retry_After="3600")
    bad = azure_plan.answers(502)
    revoke = azure_plan.Fault(kind="revoke")

    def __init__(self, fake, make):
        self.fake, self.make = fake, make

    def run(self, number, **more):
        return self.make(build=number, **more)

    def comments(self):
        return [one["comments"][0]["content"] for one in self.fake.threads]

    def states(self):
        said = {"succeeded": "success", "failed": "failure"}
        return [said.get(one["state"], one["state"]) for one in self.fake.statuses[1]]


PLATFORMS = (OnGitHub, OnAzure)
WRITES = [
    pytest.param(kind, method, path, id=f"{kind.__name__}-{method}-{path}")
    for kind in PLATFORMS
    for method, path in kind.writes
]
FAULTS = [
    pytest.param(*write.values, name, id=f"{write.id}-{name}")
    for write in WRITES
    for name in write.values[0].passing
]


@pytest.fixture
def there(request):
    """`there(OnAzure)`"""
    names = {OnGitHub: ("fake", "github"), OnAzure: ("devops", "azure")}
    return lambda kind: kind(*map(request.getfixturevalue, names[kind]))


@pytest.fixture
def config(tmp_path):
    file = tmp_path / "ci-mlops.yml"
    file.write_text(CONFIG)
    return file


def spoken_of_before(there, method, publication):
    """What an update finds: a report of an earlier run."""
    if method == "PATCH":
        there.run(7).publish(replace(publication, key=there.run(8).change().workflow))


@pytest.mark.parametrize(("kind", "method", "path", "fault"), FAULTS)
def test_a_passing_failure_of_any_write_ends_in_one_beginning_and_then_in_the_verdict(
    there, config, publication, kind, method, path, fault
):
    here = there(kind)
    mine = replace(publication, key=here.run(8).change().workflow)
    spoken_of_before(here, method, publication)
    before = here.states()
    here.fake.fail(method, path, kind.passing[fault])
    [begun] = begin(here.run(8, patience=kind.hurried), (config,))

    assert (begun.comment, begun.status) == ("updated" if method == "PATCH" else "created", "set")
    assert begun.warnings == ()
    [said] = here.comments()
    assert said.startswith(f"### ⏳ Evaluating `{HEAD[:7]}` …")
    assert said.count("⏳") == 1
    assert (publication.comment in said) == (method == "PATCH")
    assert here.states() == [*before, "pending"]

    here.run(8).publish(replace(mine, state="failure", comment="### Blocked"))
    [said] = here.comments()
    assert said.startswith("### Blocked")
    assert "⏳" not in said
    assert here.states() == [*before, "pending", "failure"]


@pytest.mark.parametrize(("kind", "method", "path"), WRITES)
@pytest.mark.parametrize("fault", ["hour", "revoke"])
def test_a_failure_that_lasts_is_told_and_the_verdict_is_said_all_the_same(
    there, config, publication, kind, method, path, fault
):
    here = there(kind)
    mine = replace(publication, key=here.run(8).change().workflow)
    spoken_of_before(here, method, publication)
    here.fake.fail(method, path, getattr(kind, fault))
    start = time.monotonic()
    [begun] = begin(here.run(8), (config,))

    assert time.monotonic() - start < 3
    assert "failed" in (begun.comment, begun.status)
    assert begun.warnings
    assert len(here.comments()) <= 1

    # the next job has a token of its own
    here.fake.tokens.update(type(here.fake)().tokens)
    said = here.run(8).publish(mine)
    assert (said.status, said.warnings) == ("set", ())
    assert [one.partition("\n")[0] for one in here.comments()] == [publication.comment]
    assert here.states()[-1] == "success"


@pytest.mark.parametrize("kind", PLATFORMS)
def test_a_platform_that_is_down_while_a_run_begins_is_a_failure_of_the_platform(there, config, kind):
    here = there(kind)
    for method, path in kind.writes:
        here.fake.fail(method, path, *[kind.bad] * 20)

    with pytest.raises(PlatformFailed) as failed:
        begin(here.run(8), (config,))
    assert failed.value.exit_code == 9
    assert here.comments() == here.states() == []

import os
from textwrap import dedent

import pytest

from tests.azure.agent import Agent, Repository
from tests.azure.expand import expand
from tests.azure.run import run

TOKEN = "ey.secret.token"


@pytest.fixture
def started(tmp_path):
    """`started(text, variables={...}, approvals={...}, cancel_at="...")` -> what ran."""
    source = tmp_path / "source"
    source.mkdir()
    (source / "file.txt").write_text("hello\n")

    def go(text, variables=None, **more):
        (source / "main.yml").write_text(dedent(text))
        known = {"Build.Reason": "Manual", **(variables or {})}
        document = expand({"self": source, "tools": source}, "main.yml", {}, known)
        copied = Repository(folder=source, name="source")
        agent = Agent(
            work=tmp_path / "work",
            repositories={"self": copied, "tools": copied},
            environ={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
            variables=known,
            token=TOKEN,
            **more,
        )
        return run(document, agent)

    return go

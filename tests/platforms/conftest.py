"""One GitHub and one Azure DevOps behind their fakes, in a pull request, with no patience to spare."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ci_mlops.platforms.azure import Azure
from ci_mlops.platforms.github import GitHub, Patience
from ci_mlops.records import Annotation, Picture, Publication
from ci_mlops.report.image import Image, to_place
from tests.fakes.azure import FakeAzure
from tests.fakes.github import WORKFLOW, FakeGitHub

HEAD = "3f2c7d0" + "0" * 33
BASE = "a41c9e2" + "0" * 33
HURRY = Patience(
    attempts=3,
    backoff=0.01,
    secondary_wait=0.05,
    longest_wait=2,
    between_requests=0,
    between_writes=0,
    timeout=5,
)

PULL_REQUEST = {
    "number": 7,
    "pull_request": {
        "number": 7,
        "head": {"sha": HEAD, "ref": "feature", "repo": {"full_name": "acme/credit"}},
        "base": {"sha": BASE, "ref": "main", "repo": {"full_name": "acme/credit"}},
    },
    "repository": {"full_name": "acme/credit", "default_branch": "main"},
}


@pytest.fixture
def fake():
    with FakeGitHub() as github:
        yield github


@pytest.fixture
def github(fake, tmp_path: Path) -> Callable[..., GitHub]:
    """`github(run=8, payload=..., GITHUB_TOKEN="reader")`"""

    def make(
        *,
        run: int = 8,
        payload: Mapping[str, Any] = PULL_REQUEST,
        patience: Patience = HURRY,
        **environ: str,
    ) -> GitHub:
        event = tmp_path / "event.json"
        event.write_text(json.dumps(payload))
        return GitHub(
            {
                "GITHUB_ACTIONS": "true",
                "GITHUB_EVENT_NAME": "pull_request",
                "GITHUB_EVENT_PATH": str(event),
                "GITHUB_REPOSITORY": fake.repository,
                "GITHUB_SERVER_URL": fake.server_url,
                "GITHUB_API_URL": fake.api_url,
                "GITHUB_TOKEN": "writer",
                "GITHUB_RUN_ID": str(run),
                "GITHUB_WORKFLOW_REF": f"{fake.repository}/{WORKFLOW}@refs/heads/main",
                "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
                "GITHUB_OUTPUT": str(tmp_path / "output"),
                **environ,
            },
            patience=patience,
        )

    return make


@pytest.fixture
def devops():
    with FakeAzure() as azure:
        yield azure


@pytest.fixture
def azure(devops, tmp_path: Path) -> Callable[..., Azure]:
    """`azure(build=8, SYSTEM_ACCESSTOKEN="reader")`"""

    def make(*, patience: Patience = HURRY, **variables: Any) -> Azure:
        return Azure(
            devops.variables(**{"AGENT_TEMPDIRECTORY": str(tmp_path), **variables}), patience=patience
        )

    return make


@pytest.fixture
def publication() -> Publication:
    return Publication(
        model="credit-default",
        summary="### Passed\n\nThe whole report.",
        outputs={"verdict": "passed"},
        annotations=(
            Annotation(level="warning", title="Precision", message="is lower", file="ci-mlops.yml", line=9),
        ),
        state="success",
        description="All 4 rules hold",
        comment="### Passed: `credit-default` may be merged",
        key="credit-default@.github/workflows/ci-mlops.yml",
    )


PICTURE = Picture(name="ci-mlops-0f3a.png", data=b"\x89PNG\r\n\x1a\n and so on")


@pytest.fixture
def illustrated(publication) -> Publication:
    """The same, with a picture between its words."""
    place = to_place(Image(PICTURE.name, "Recall +5.5 pp better"))
    comment = f"{publication.comment}\n\n{place}\n\nThe words below."
    return replace(publication, comment=comment, pictures=(PICTURE,))

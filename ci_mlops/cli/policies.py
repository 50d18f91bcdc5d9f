"""`init azure --policies`: the two branch policies, shown, asked for, and made where there are none."""

from __future__ import annotations  # the flow is loaded when the command runs, not for `--help`

import os
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ci_mlops.flows.branch_policies import Planned
    from ci_mlops.flows.init import Proposal


def make_policies(proposal: Proposal, *, dry_run: bool) -> None:
    """
    Raises:
        BadConfig: they are asked for where they mean nothing.
        PlatformFailed: Azure DevOps does not do it.
    """
    from ci_mlops import repository
    from ci_mlops.cli.wiring import policies_from
    from ci_mlops.errors import BadConfig
    from ci_mlops.flows.branch_policies import create_policies, plan_policies

    if proposal.platform != "azure":
        raise BadConfig(
            "Branch policies are made on Azure Repos",
            where="--policies",
            mend="`ci-mlops init azure --policies`; on GitHub require the status in a ruleset.",
        )
    top = (repository.find_root(proposal.lock.parent) or proposal.lock.parent).resolve()
    book = policies_from(os.environ, repository.remote_address(top))
    planned = plan_policies(
        book,
        model=_model(proposal),
        branch=repository.default_branch(top) or book.default_branch(),
        file=proposal.drafts[1].path.resolve().relative_to(top).as_posix(),
    )
    for one in planned:
        click.echo(_told(one, dry_run=dry_run))
    lacking = [one for one in planned if not one.exists]
    if dry_run or not lacking or not _agreed():
        return
    create_policies(book, planned)
    click.echo(f"made      {len(lacking)} branch polic{'y' if len(lacking) == 1 else 'ies'}")
    click.echo(
        "Next: whoever may post a status can open the gate; name the build service as the status policy's authorized "
        "identity, and required reviewers for the policy's files (docs/azure.md)."
    )


def _model(proposal: Proposal) -> str:
    """What its status is named after: the config that is there, or the one that was just written."""
    from ci_mlops.config.glance import glance

    config = proposal.drafts[0].path
    said = glance(config.read_text(encoding="utf-8")).model if config.is_file() else ""
    return said or str(proposal.survey.value("name"))


def _told(planned: Planned, *, dry_run: bool) -> str:
    policy = planned.policy
    what = (
        f"Build Validation of `{policy.branch}` by pipeline {policy.pipeline}"
        if policy.kind == "build"
        else f"Status `{policy.genre}/{policy.name}` required for `{policy.branch}`, reset on new changes"
    )
    if planned.exists:
        remark = f", but {planned.remark}: change that in the branch's policies" if planned.remark else ""
        return f"{'unchanged':9} {what}: already there{remark}"
    return f"{'would make' if dry_run else 'to make':9} {what}"


def _agreed() -> bool:
    if sys.stdin.isatty() and sys.stderr.isatty() and not os.environ.get("CI"):
        return click.confirm("Make them?", default=True, err=True)
    return True

"""Verdicts as Azure Pipelines would have judged them."""

from dataclasses import replace

RUN = "https://dev.azure.example/bank/Credit%20Risk/_build/results?buildId=8817"


def seen_from_azure(verdict):
    if verdict.change is None:
        return verdict
    change = replace(verdict.change, platform="azure", run_url=RUN, workflow="/azure-pipelines.yml")
    return replace(verdict, change=change)

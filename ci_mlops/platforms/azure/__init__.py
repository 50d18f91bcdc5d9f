"""Azure Pipelines, on dev.azure.com and on Azure DevOps Server."""

from ci_mlops.platforms.azure.platform import Azure

__all__ = ["Azure"]

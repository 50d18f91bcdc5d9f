"""GitHub Actions, on github.com and on GitHub Enterprise Server."""

from ci_mlops.platforms.github.platform import GitHub
from ci_mlops.platforms.patience import Patience

__all__ = ["GitHub", "Patience"]

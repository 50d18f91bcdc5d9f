"""GitHub Actions, on github.com and on GitHub Enterprise Server."""

from ci_mlops.platforms.github.patience import Patience
from ci_mlops.platforms.github.platform import GitHub

__all__ = ["GitHub", "Patience"]

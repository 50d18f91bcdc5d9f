"""Patience is every platform's; it is known under this name too."""

from ci_mlops.platforms.patience import Patience

__all__ = ["Patience"]

"""The model gate for the CI that a team already has."""

__version__ = "0.1.0"

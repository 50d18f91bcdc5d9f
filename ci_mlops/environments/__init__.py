"""The environment that the team declares, and running things in it."""

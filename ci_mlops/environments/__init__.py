"""The team's declared environment, and running in it."""

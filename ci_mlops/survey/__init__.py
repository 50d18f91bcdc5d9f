"""Reads what a team's repository has, and proposes a config for it. Runs no code of theirs."""

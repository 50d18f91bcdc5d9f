"""The court: pure functions from rows to a decision."""

"""The ladder: what the audit trail says, which version may take which stage, and what does not add up. Pure."""

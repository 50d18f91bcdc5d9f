"""Which CI is around us: the change, and what is said to it."""

"""Other people's repositories bring tests of their own, which are theirs."""

collect_ignore = ["repositories"]

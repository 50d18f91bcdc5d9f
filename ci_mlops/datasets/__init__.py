"""Where pinned data comes from, its digest, its rows."""

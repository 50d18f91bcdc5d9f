"""verdict.json and its renderings, one file per dialect."""

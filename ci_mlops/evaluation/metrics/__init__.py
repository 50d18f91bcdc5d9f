"""The metrics that come with the house."""

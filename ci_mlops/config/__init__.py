"""ci-mlops.yml as typed, frozen settings."""

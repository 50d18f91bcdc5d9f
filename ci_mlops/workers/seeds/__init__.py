"""A folder that is put on PYTHONPATH of a training that is tried with fixed seeds: see sitecustomize.py."""

"""The one folder that is put on PYTHONPATH: see sitecustomize.py, and _ci_mlops_capture/raw.py for what it writes."""

"""Models that somebody serves: asked over HTTP, in the dialects of MLflow and of the Open Inference Protocol."""

from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent


def load_settings(path=ROOT / "settings.yaml"):
    with open(path) as f:
        return yaml.safe_load(f)


settings = load_settings()
DATA_PATH = ROOT / settings["data"]["path"]
TARGET = settings["data"]["target"]
OUTPUT_DIR = ROOT / settings["output_dir"]
SEED = settings["seed"]

"""The schema that editors use, and the reference that is made from it."""

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from ci_mlops.config import json_schema
from ci_mlops.config.document import read_document
from ci_mlops.config.findings import SECTIONS
from ci_mlops.config.reference import reference

from .conftest import CLASSIFICATION, DESIGN, REGRESSION

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def validator():
    jsonschema.Draft202012Validator.check_schema(json_schema())
    return jsonschema.Draft202012Validator(json_schema())


@pytest.mark.parametrize(
    "text",
    [
        DESIGN,
        CLASSIFICATION,
        REGRESSION,
        CLASSIFICATION.replace('positive: "yes"', "positive: 0, names: {0: malignant, 1: benign}"),
        CLASSIFICATION.replace('positive: "yes"', "labels: {yes: 1, no: 0}"),
        CLASSIFICATION
        + "train: {run: [python, train.py], model: {callable: a:b}, time_limit: 90, inputs: src}\n",
        CLASSIFICATION
        + "train: {run: make, model: {path: m}, time_limit: 2h, inputs: [a, b], parameters: {a: 1, b: x}}\n",
        CLASSIFICATION + "train: {run: make, model: capture}\n",
        CLASSIFICATION + "train: {run: make, model: {mlflow: {name: churn}}}\n",
        CLASSIFICATION + "train: {model: {uri: model.onnx}}\n",
        CLASSIFICATION + 'environment: uv.lock\npython: "3.10"\n',
        CLASSIFICATION + "gates: [{metric: of_a_plugin, must: improve, severity: warn, undecided: block}]\n",
    ],
)
def test_a_good_file_validates_as_it_is_written(validator, text):
    validator.validate(read_document(text, "ci-mlops.yml").values)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("metric: recall, max", "metirc: recall, max"),
        ("positive:", "positve:"),
        ("model: credit-default\n", ""),
        ("task: classification", "task: guessing"),
        (", max_regression: 0.05", ""),
        ("0.55", '"0.55"'),
        ("severity: warn", "severity: maybe"),
        ("{path: model}", "{}"),
        ("{path: model}", "capturing"),
        ("{path: model}", "{path: model, callable: 'a:b'}"),
        ("run: python", "run: []\n  rum: python"),
        ("data/train.csv\n", "[]\n"),
        ("false_positive: 20", "false_positive: null"),
    ],
)
def test_a_slip_does_not_validate(validator, before, after):
    assert before in DESIGN
    values = read_document(DESIGN, "ci-mlops.yml").values
    assert validator.is_valid(values)

    slip = read_yaml(DESIGN.replace(before, after))

    assert not validator.is_valid(slip)


def read_yaml(text):
    import yaml

    return yaml.safe_load(text)


def test_every_key_is_described():
    schema = json_schema()
    # a mapping that may be written as one word is one of two
    parts = [
        schema,
        *(part if "properties" in part else part["anyOf"][0] for part in schema["$defs"].values()),
    ]
    keys = [(key, value) for part in parts for key, value in part["properties"].items()]

    silent = [key for key, value in keys if not (value.get("description") or "$ref" in value)]

    assert silent == []
    assert all(part["description"] for part in parts)
    assert len(keys) == sum(len(section.model_fields) for section in SECTIONS.values())


def test_the_schema_never_speaks_of_null_or_of_python():
    text = json.dumps(json_schema())

    assert '"null"' not in text
    assert '"title"' not in text.replace('"title": "ci-mlops.yml"', "")


def test_the_command_prints_the_schema():
    code = "import sys; sys.argv = ['ci-mlops', 'schema']; from ci_mlops.cli.main import main; main()"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert json.loads(done.stdout) == json_schema()


def test_the_reference_is_the_one_that_the_schema_makes():
    written = (ROOT / "docs" / "config.md").read_text(encoding="utf-8")

    assert written == reference(json_schema()), "run: python -m ci_mlops.config.reference > docs/config.md"


def test_the_reference_names_every_key_in_its_section():
    text = reference(json_schema())

    for path, section in SECTIONS.items():
        heading = f"`{path}{'[]' if path in ('gates', 'waivers') else ''}`" if path else "The file"
        part = text.split(f"\n## {heading}\n")[1].split("\n## ")[0]
        assert [key for key in section.model_fields if f"| `{key}` |" not in part] == []


def test_the_example_of_the_reference_is_a_good_file():
    from ci_mlops.config import parse_config

    text = reference(json_schema()).split("```yaml\n")[1].split("```")[0]

    assert parse_config(text).model == "credit-default"

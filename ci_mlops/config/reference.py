"""`python -m ci_mlops.config.reference`: the reference of all keys, docs/config.md, made from the schema."""

import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from ci_mlops.config.schema import json_schema

_HEAD = """\
# `ci-mlops.yml`

<!-- Made by `python -m ci_mlops.config.reference > docs/config.md`; a test compares. -->

One file beside the code. `ci-mlops schema` prints its JSON Schema for editors. A key that is unknown, misspelt or has no
value is refused, and every problem is told in one go with its line.

```yaml
# ci-mlops.yml
model: credit-default
task: classification
data:
  train: data/train.csv
  test: {path: data/test.csv, target: default, positive: "yes", id: customer_id, slices: [region, age_band]}
train:
  run: python train.py --data data/train.csv --out model
  model: {path: model}
metrics: [expected_cost, recall, precision, roc_auc, brier]
cost: {unit: EUR, false_negative: 500, false_positive: 20}
gates:
  - {metric: expected_cost, max_regression: 0.40}
  - {metric: recall, max_regression: 0.05}
  - {metric: precision, min: 0.55}
  - {metric: recall, slice: "*", min: 0.65, severity: warn}
registry: {uri: "https://mlflow.example", stages: [staging, production]}
```

How it is read:

- YAML 1.2: `true` and `false` are the only booleans; `yes`, `no`, `on` and dates are text. Labels are compared by value:
  `1`, `1.0` and `"1"` are one label.
- Anchors and aliases work; tags, keys written twice and several documents are refused.
- Paths are relative to the folder of this file and stay inside it.
- Durations are written `90s`, `30m`, `2h`, `1d` or as a number of seconds.
- Metrics may be called by scikit-learn's names: `brier_score_loss` is `brier`, `mean_absolute_error` is `mae`.
- Three or more classes: list every label in `data.test.classes`. `accuracy`, `balanced_accuracy`, `log_loss`, `brier`,
  `cohen_kappa` and `matthews_corrcoef` are of all of them, as are `recall_macro`, `f1_weighted`, `precision_micro`,
  `roc_auc_ovr` and their kin; of one class against the rest write `recall of LABEL`, in `metrics` and in a gate.
- Rows that may carry several labels at once: `data.test.multilabel: true` beside `classes`: [multilabel.md](multilabel.md).
- `data.test.weight` names a column that says how much a row counts: every metric and its interval heed it, and what is
  asked for at least (20 rows of a class) is counted in rows of equal weight that would tell as much.
- `metrics/mine.py:profit` is a function of your own, in `metrics` and in a gate: [custom-metrics.md](custom-metrics.md).
- On a pull request `task`, `metrics`, `cost`, `threshold`, `gates`, `waivers`, `data.test`, `data.validation`, `registry`,
  `compare_with` and `compute` are read from the base branch; `environment`, `data.train`, `train` and `predict` from the change.
"""
_TYPES = {
    "string": "text",
    "integer": "number",
    "number": "number",
    "boolean": "`true`/`false`",
    "array": "list",
    "object": "mapping",
}


def reference(schema: Mapping[str, Any]) -> str:
    return _HEAD + "".join(_section(path, part) for path, part in _sections(schema, schema, ""))


def _sections(
    part: Mapping[str, Any], schema: Mapping[str, Any], path: str
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield path, part
    for key, value in part["properties"].items():
        name = f"{path}.{key}" if path else key
        if "$ref" in value:
            yield from _sections(_behind(value, schema), schema, name)
        elif "$ref" in value.get("items", {}):
            yield from _sections(_behind(value["items"], schema), schema, f"{name}[]")
        elif "$ref" in (named := value.get("additionalProperties") or {}):
            yield from _sections(_behind(named, schema), schema, f"{name}.STAGE")


def _behind(part: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = schema["$defs"][part["$ref"].rpartition("/")[2]]
    # a mapping that may be written as one word
    return next((option for option in found.get("anyOf", ()) if "properties" in option), found)


def _section(path: str, part: Mapping[str, Any]) -> str:
    lines = [f"\n## {f'`{path}`' if path else 'The file'}\n", part["description"], ""]
    lines += ["| key | written as | default | what it says |", "|:--|:--|:--|:--|"]
    for key, value in part["properties"].items():
        default = "**required**" if key in part.get("required", ()) else _code(value.get("default"))
        name = f"{path}.{key}" if path else key
        what = value.get("description") or f"See [`{name}`](#{name.replace('.', '')})."
        lines.append(" | ".join((f"| `{key}`", _written(value), default, f"{_cell(what)} |")))
    return "\n".join(lines) + "\n"


def _written(value: Mapping[str, Any]) -> str:
    if "$ref" in value:
        return "mapping"
    if "const" in value:
        return f"`{value['const']}`"
    if "enum" in value:
        return " or ".join(f"`{option}`" for option in value["enum"])
    if "anyOf" in value:
        # a list of known names before free text is there for editors to complete
        return " or ".join(
            dict.fromkeys(_written(option) for option in value["anyOf"] if "enum" not in option)
        )
    kinds = value["type"] if isinstance(value["type"], list) else [value["type"]]
    if kinds == ["array"]:
        return "list of mappings" if "$ref" in value["items"] else f"list of {_written(value['items'])}"
    *first, last = (_TYPES[kind] for kind in kinds)
    return f"{', '.join(first)} or {last}" if first else last


def _code(value: object) -> str:
    if value is None:
        return ""
    return f"`{value if isinstance(value, str) else json.dumps(value)}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(reference(json_schema()))

"""Whatever is in the file, the reader gets an error of ours, soon."""

import contextlib
from datetime import timedelta

from hypothesis import HealthCheck, given, settings, strategies as st

from ci_mlops.config import Config, parse_config, policy_edits
from ci_mlops.config.findings import SECTIONS
from ci_mlops.errors import CiMlopsError

from .conftest import DESIGN

ODD = [
    "yes", "1", "0.5", ".nan", ".inf", "-1", "~", "''", "[]", "{}", "*a", "&a x", "!!str 5", "'*'", "recall", "mae",
    "region", "a/b", "../x", "/x", "1h", "classification", "regression", "improve", "warn", "\U0001f600", '"\\0"', "<<",
]  # fmt: skip
KEYS = sorted({key for section in SECTIONS.values() for key in section.model_fields} | {"", "x", "metirc"})
BOUNDED = settings(
    max_examples=150, deadline=timedelta(seconds=1), suppress_health_check=[HealthCheck.too_slow]
)

values = st.recursive(
    st.sampled_from(ODD),
    lambda inner: (
        st.lists(inner, max_size=4).map(lambda items: f"[{', '.join(items)}]")
        | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5).map(
            lambda pairs: "{" + ", ".join(f"{key or '?'}: {value}" for key, value in pairs.items()) + "}"
        )
    ),
    max_leaves=20,
)


def read(text: str) -> Config | None:
    with contextlib.suppress(CiMlopsError):
        return parse_config(text)
    return None


@given(st.text())
@BOUNDED
def test_any_text_is_read_or_refused(text):
    read(text)


@given(st.text(alphabet="[]{}:,-?&*!|>'\"%#@ \n\tab1~\\", max_size=300))
@BOUNDED
def test_any_text_of_yaml_signs_is_read_or_refused(text):
    read(text)


@given(st.dictionaries(st.sampled_from(KEYS), values, max_size=8))
@BOUNDED
def test_any_value_of_any_key_is_read_or_refused(pairs):
    read("".join(f"{key or '?'}: {value}\n" for key, value in pairs.items()))


@given(
    st.integers(0, len(DESIGN)), st.integers(0, 12), st.sampled_from([*ODD, *KEYS, "\n", "  ", ": ", "- "])
)
@BOUNDED
def test_a_good_file_with_a_slip_is_read_or_refused(start, length, slip):
    good = DESIGN.replace("environment: requirements.txt ", "environment: current ")

    read(good[:start] + slip + good[start + length :])


@given(st.sampled_from(["data", "train", "predict", "cost", "gates", "registry", "metrics", "task"]), values)
@BOUNDED
def test_a_good_file_with_another_section_is_read_or_refused_and_can_be_compared(section, value):
    good = DESIGN.replace("environment: requirements.txt ", "environment: current ")
    lines = [line for line in good.splitlines() if not line.startswith((section, "  "))]
    lines += ["data: {train: a, test: {path: b, target: c}}"] if section != "data" else []
    config = read(
        "\n".join(line for line in lines if line not in ("data:", "gates:", "train:"))
        + f"\n{section}: {value}\n"
    )

    assert config is None or policy_edits(config, config) == ()

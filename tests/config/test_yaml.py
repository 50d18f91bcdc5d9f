"""What is wrong with the text itself."""

import time
from pathlib import Path

import pytest

from ci_mlops.config import parse_config, read_config
from ci_mlops.config.document import read_document
from ci_mlops.errors import Problems

from .conftest import CLASSIFICATION

START = "Start with `model: NAME` and `task: classification`."
BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 11)
)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", f"the file is empty | ci-mlops.yml:1 | {START}"),
        ("# only words\n", f"the file is empty | ci-mlops.yml:1 | {START}"),
        ("---\n...\n", f"the file is empty | ci-mlops.yml:1 | {START}"),
        ("null", f"the file is empty | ci-mlops.yml:1 | {START}"),
        ("\n- a\n- b\n", f"the file is not a mapping of keys to values | ci-mlops.yml:2 | {START}"),
        ("hello", f"the file is not a mapping of keys to values | ci-mlops.yml:1 | {START}"),
        (
            "a: 1\n---\nb: 2\n",
            (
                "the file holds several YAML documents | ci-mlops.yml:2 | "
                "Keep one: remove the `---` line and what is not the config."
            ),
        ),
        ("a: [1\nb: 2\n", "not YAML: expected ',' or ']', but got ':' | ci-mlops.yml:2:2 | "),
        ("a:\n\t- b\n", "not YAML: found character '\\t' that cannot start any token | ci-mlops.yml:2:1 | "),
        ("a: b: c\n", "not YAML: mapping values are not allowed here | ci-mlops.yml:1:5 | "),
        ('a: "\\UFFFFFFFF"\n', "not YAML: a number or an escape in it is out of range | ci-mlops.yml | "),
        (
            "%YAML " + "9" * 5000 + ".1\n---\na: 1\n",
            "not YAML: a number or an escape in it is out of range | ci-mlops.yml | ",
        ),
        ("a: 1\nb: \x07\n", "a character that YAML does not allow: U+0007 | ci-mlops.yml:2 | Remove it."),
        ("a: 1\nb: \udc80\n", "a character that YAML does not allow: U+DC80 | ci-mlops.yml:2 | Remove it."),
        (
            "a: 1\nb: *nobody\n",
            "`*nobody` stands for nothing | ci-mlops.yml:2 | Write `&nobody` at the value that is meant, above this line.",
        ),
        (
            "a: &a [*a]\n",
            "`*a` stands for nothing | ci-mlops.yml:1 | Write `&a` at the value that is meant, above this line.",
        ),
        (
            "a: " + "[" * 30 + "]" * 30,
            "values are nested more than 24 deep | ci-mlops.yml:1 | No config needs that many: see docs/config.md.",
        ),
        (
            "a: [" + "1, " * 10_001 + "]",
            (
                "the file holds more than 10000 values, with every alias written out | ci-mlops.yml:1 | "
                "No config needs that many: see docs/config.md."
            ),
        ),
        (
            BOMB,
            (
                "the file holds more than 10000 values, with every alias written out | ci-mlops.yml:4 | "
                "No config needs that many: see docs/config.md."
            ),
        ),
        (
            "# " + "x" * 1024 * 1024,
            "the file is larger than 1 MiB | ci-mlops.yml | Is it a config? See docs/config.md.",
        ),
    ],
)
def test_a_text_that_is_no_config_is_refused(told, text, problem):
    assert told(text) == [problem]


@pytest.mark.parametrize(
    "text",
    [
        BOMB,
        "[" * 1_000_000,
        "{a: " * 250_000,
        "- " * 500_000,
        "? " * 500_000,
        "- a\n" * 250_000,
        "".join(f"key{n}: a\n" for n in range(4_900)),
        "gates:\n" + "- {metric: recal, slice: x, mox: 5}\n" * 1_400,
        CLASSIFICATION + "gates:\n" + "- {metric: recal, slice: x, max: 5}\n" * 1_400,
        "a: &a [" + "x," * 9_000 + "]\nb: [" + "*a," * 9_000 + "]",
        "".join(f"a{n}: &a{n} [{f'*a{n - 1}' if n else 'x'}]\n" for n in range(5_000)),
    ],
    ids=[
        "bomb",
        "brackets",
        "braces",
        "dashes",
        "questions",
        "items",
        "keys",
        "misspelt gates",
        "gates",
        "wide",
        "chain",
    ],
)
def test_a_bomb_is_refused_in_less_than_a_second(text):
    begin = time.process_time()
    with pytest.raises(Problems):
        parse_config(text)

    assert time.process_time() - begin < 1


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (
            "metrics: !!python/object/apply:os.system [echo]",
            (
                "the tag `tag:yaml.org,2002:python/object/apply:os.system` is refused | ci-mlops.yml:6 metrics | "
                "Write the value without a tag."
            ),
        ),
        (
            "metrics: [!!str recall]",
            "the tag `tag:yaml.org,2002:str` is refused | ci-mlops.yml:6 metrics[0] | Write the value without a tag.",
        ),
        (
            "metrics: [! recall]",
            "the tag `!` is refused | ci-mlops.yml:6 metrics[0] | Write the value without a tag.",
        ),
        (
            "? [a, b]\n: c",
            "a key is not a plain word | ci-mlops.yml:6 | Write keys as words, without tags or braces.",
        ),
        (
            "metrics:",
            "`metrics` has no value | ci-mlops.yml:6 metrics | Give it a value, or remove the line.",
        ),
        ('"a\\eb": 1', "a key is not a plain word | ci-mlops.yml:6 | "),
        ('"": 1', "a key is not a plain word | ci-mlops.yml:6 | "),
        (
            "metrics: ~",
            "`metrics` has no value | ci-mlops.yml:6 metrics | Give it a value, or remove the line.",
        ),
        (
            "task: regression",
            "`task` is written twice, first on line 2 | ci-mlops.yml:6 task | Keep one of them.",
        ),
        (
            'train: {run: make, model: {path: m}, parameters: {n: a, "n": b}}',
            "`n` is written twice, first on line 6 | ci-mlops.yml:6 train.parameters.n | Keep one of them.",
        ),
        (
            'metrics: ["re\\0call"]',
            "a control character: U+0000 | ci-mlops.yml:6 metrics[0] | Remove it.",
        ),
        ("<<: {task: regression}", "unknown key `<<` | ci-mlops.yml:6 <<"),
    ],
)
def test_what_yaml_would_let_through_is_refused_beside_the_other_problems(told, lines, problem):
    other, *mine = told(CLASSIFICATION.replace("model: ", "modle: ") + lines + "\n")

    assert other == "unknown key `modle` | ci-mlops.yml:1 modle | Did you mean `model`?"
    assert [one for one in mine if one.startswith(problem)] == [mine[-1]]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", True),
        ("False", False),
        ("yes", "yes"),
        ("No", "No"),
        ("on", "on"),
        ("OFF", "OFF"),
        ("y", "y"),
        ("2026-11-23", "2026-11-23"),
        ("12:30:45", "12:30:45"),
        ("1_000", "1_000"),
        ("007", 7),
        ("0o17", 15),
        ("0x1F", 31),
        ("-12", -12),
        ("+3", 3),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("5.", 5.0),
        ("-.inf", float("-inf")),
        ("9" * 400, float("inf")),
        ("12345678901234567890", 1.2345678901234567e19),
        ("0x" + "f" * 400, "0x" + "f" * 400),
        ('"5"', "5"),
        ("'true'", "true"),
        ('""', ""),
        ("|\n  a\n  b", "a\nb"),
    ],
)
def test_a_word_means_what_yaml_1_2_says(written, value):
    read = read_document(f"a: {written}", "x.yml").values["a"]

    assert (read, type(read)) == (value, type(value))


def test_not_a_number_is_a_number():
    value = read_document("a: .nan", "x.yml").values["a"]

    assert value != value


def test_a_missing_file_says_what_to_do(tmp_path):
    with pytest.raises(Problems) as caught:
        read_config(tmp_path / "ci-mlops.yml")

    assert str(caught.value) == (
        f"there is no config\n  where: {tmp_path}/ci-mlops.yml\n"
        "  mend:  `ci-mlops init` proposes one; or name it with `--config FILE`."
    )


def test_a_folder_is_no_config(tmp_path):
    with pytest.raises(Problems, match="the config is not a file"):
        read_config(tmp_path)


def test_a_file_without_end_is_not_read():
    with pytest.raises(Problems, match="the config is not a file"):
        read_config(Path("/dev/zero"))


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (
            b"model: a\ntask: \xff\n",
            "the file is not UTF-8\n  where: ci-mlops.yml:2\n  mend:  Save it as UTF-8.",
        ),
        (b"\xff\xfem\x00o\x00", "the file is not UTF-8\n  where: ci-mlops.yml:1\n  mend:  Save it as UTF-8."),
        (
            "#é".encode() * 400_000,
            "the file is larger than 1 MiB\n  where: ci-mlops.yml\n  mend:  Is it a config? See docs/config.md.",
        ),
    ],
    ids=["latin", "utf-16", "large"],
)
def test_a_file_of_another_kind_is_refused(tmp_path, data, problem):
    path = tmp_path / "ci-mlops.yml"
    path.write_bytes(data)

    with pytest.raises(Problems) as caught:
        read_config(path)

    assert str(caught.value) == problem


def test_a_tag_on_the_whole_file_does_not_hide_the_other_problems(told):
    assert told("!!map\n" + CLASSIFICATION.replace("task:", "tusk:")) == [
        "the tag `tag:yaml.org,2002:map` is refused | ci-mlops.yml:1 | Write the value without a tag.",
        "unknown key `tusk` | ci-mlops.yml:3 tusk | Did you mean `task`?",
    ]


def test_a_message_quotes_a_long_value_in_part(told):
    (problem,) = told(CLASSIFICATION.replace("data/train.csv", "/" + "x" * 5000))

    assert len(problem) < 600

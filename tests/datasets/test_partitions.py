"""Files of any size: cut into stretches or joined in buckets, and the same rows whichever way."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from ci_mlops.datasets.partitions import partitioned
from ci_mlops.datasets.prediction_file import Truth, open_predictions
from ci_mlops.errors import BadData
from ci_mlops.evaluation.compare import compare
from ci_mlops.flows.court import load_metric
from ci_mlops.records import Policy

POLICY = Policy(task="classification", metrics=("accuracy", "f1", "roc_auc", "log_loss"), slices=("region",))
ROWS = 3000


def table(seed, ids=None):
    rng = np.random.default_rng(seed)
    own = np.random.default_rng(0)
    z = own.normal(size=ROWS)
    labels = (own.random(ROWS) < 1 / (1 + np.exp(-z))).astype(int)
    score = 1 / (1 + np.exp(-(z + rng.normal(size=ROWS))))
    return pa.table(
        {
            "id": np.arange(ROWS) if ids is None else ids,
            "label": labels,
            "prediction": (score > 0.5).astype(int),
            "score": score,
            "region": np.where(np.arange(ROWS) % 3 == 0, "north", "south"),
        }
    )


def written(path, rows, *, row_group=100, files=1):
    if files == 1:
        parquet.write_table(rows, path, row_group_size=row_group)
        return path
    folder = path.with_suffix("")
    folder.mkdir()
    (folder / "_SUCCESS").write_text("")
    size = -(-len(rows) // files)
    for part in range(files):
        parquet.write_table(
            rows.slice(part * size, size), folder / f"part-{part:03}.parquet", row_group_size=row_group
        )
    return folder


def opened(champion, candidate, policy=POLICY):
    before, after = (
        open_predictions(champion, "champion", policy),
        open_predictions(candidate, "candidate", policy),
    )
    truth = Truth(title="candidate", files=after.files, label="label", id="id", slices=policy.slices)
    return truth, replace(after, label=None), before


def judged(files, policy=POLICY, **options):
    with partitioned(*files, policy, **options) as partitions:
        metrics = [load_metric(name, policy) for name in policy.metrics]
        return compare(partitions, policy, metrics), len(partitions)


@pytest.fixture
def pair(tmp_path):
    return [
        written(tmp_path / f"{name}.parquet", table(seed))
        for seed, name in enumerate(("champion", "candidate"))
    ]


@pytest.mark.parametrize("parts", [2, 7, 30, 64])
def test_stretches_of_a_file_are_the_whole_of_it(pair, parts):
    whole, _ = judged(opened(*pair))

    assert judged(opened(*pair), parts=parts) == (whole, min(parts, ROWS // 100))


def test_a_stretch_begins_and_ends_where_it_should_whatever_the_row_groups(tmp_path, pair):
    other = written(tmp_path / "other.parquet", table(0), row_group=77)

    assert judged(opened(other, pair[1]), parts=7)[0] == judged(opened(*pair))[0]


def test_a_folder_or_a_pattern_of_files_is_one_table(tmp_path, pair):
    folders = [
        written(tmp_path / f"{name}-parts.parquet", table(seed), files=4) for seed, name in enumerate("ab")
    ]
    whole, _ = judged(opened(*pair))

    assert judged(opened(*folders), parts=3)[0] == whole
    assert judged(opened(pair[0], tmp_path / "b-parts" / "part-*.parquet"), parts=3)[0] == whole


def test_files_of_a_folder_with_other_columns_are_refused(tmp_path):
    folder = written(tmp_path / "a.parquet", table(0), files=2)
    parquet.write_table(table(0).drop_columns(["score"]), folder / "part-001.parquet")

    with pytest.raises(BadData, match=r"part-001.parquet has other columns than part-000.parquet"):
        open_predictions(folder, "champion", POLICY)


def test_a_folder_without_tables_is_refused(tmp_path):
    (tmp_path / "empty").mkdir()

    with pytest.raises(BadData, match="no table in empty"):
        open_predictions(tmp_path / "empty", "champion", POLICY)


@pytest.mark.parametrize(
    "names", [lambda ids: ids, lambda ids: [f"patient {i * 7919 % 104729}" for i in ids]]
)
def test_rows_in_another_order_are_joined_in_buckets_as_in_memory(tmp_path, pair, names):
    ids = names(np.arange(ROWS))
    shuffled = np.random.default_rng(0).permutation(ROWS)
    files = opened(
        written(tmp_path / "a.parquet", table(0, ids).take(shuffled)),
        written(tmp_path / "b.parquet", table(1, ids)),
    )
    memory, one = judged(files)
    disk, buckets = judged(files, joined_rows=500)

    assert (one, buckets) == (1, 6)
    assert disk == memory == judged(opened(*pair))[0]


def test_ids_in_one_order_that_rise_and_fall_are_looked_at_as_well(tmp_path):
    ids = np.arange(ROWS) * 7919 % 104729
    files = opened(
        written(tmp_path / "a.parquet", table(0, ids)), written(tmp_path / "b.parquet", table(1, ids))
    )

    assert judged(files, joined_rows=500) == (judged(files)[0], 6)


@pytest.mark.parametrize("joined_rows", [500, ROWS])
@pytest.mark.parametrize(
    ("ids", "words"),
    [
        (np.where(np.arange(ROWS) == 7, 8, np.arange(ROWS)), "ids"),
        (np.arange(ROWS) + 1, "the ids don't match"),
    ],
    ids=["one id twice", "an id that the other lacks"],
)
def test_ids_that_do_not_fit_are_refused_however_they_are_joined(tmp_path, pair, ids, words, joined_rows):
    champion = written(tmp_path / "a.parquet", table(0, ids).take(np.arange(ROWS)[::-1]))

    with pytest.raises(BadData, match=words) as refusal:
        judged(opened(champion, pair[1]), joined_rows=joined_rows)
    assert "a.parquet" in refusal.value.where


def test_no_bucket_is_left_on_disk(tmp_path, pair, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "here"))
    (tmp_path / "here").mkdir()
    champion = written(tmp_path / "a.parquet", table(0).take(np.arange(ROWS)[::-1]))

    judged(opened(champion, pair[1]), joined_rows=500)

    assert not list((tmp_path / "here").iterdir())


def test_a_third_label_in_another_partition_is_found(tmp_path, pair):
    labels = np.where(np.arange(ROWS) < 1500, "good", "fair").astype(object)
    labels[::2] = "bad"
    candidate = table(1).set_column(1, "label", pa.array(labels))
    candidate = candidate.set_column(2, "prediction", pa.array(["bad"] * ROWS)).drop_columns(["score"])
    champion = candidate.drop_columns(["label"])
    policy = replace(POLICY, positive="bad", metrics=("accuracy",))
    paths = [
        written(tmp_path / f"{name}.parquet", rows) for name, rows in (("a", champion), ("b", candidate))
    ]

    with pytest.raises(BadData, match="more than two labels: 'fair', 'good'"):
        judged(opened(*paths, policy), policy, parts=2)


def test_scores_that_run_against_the_predictions_are_found_over_all_partitions(tmp_path, pair):
    rows = table(0)
    upside = 1 - rows.column("score").to_numpy()
    champion = written(tmp_path / "a.parquet", rows.set_column(3, "score", pa.array(upside)))

    with pytest.raises(BadData, match="run against its predictions"):
        judged(opened(champion, pair[1]), parts=5)

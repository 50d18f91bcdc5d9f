"""A conversation with an endpoint on loopback: what is asked again, what is told, and who gets the token."""

import pyarrow as pa
import pytest

from ci_mlops.endpoints.address import read_address
from ci_mlops.endpoints.asking import ATTEMPTS, Asking, token_for
from ci_mlops.endpoints.scoring import BATCH, ask_all, describe
from ci_mlops.errors import BadConfig, BadData, TrainingFailed
from tests.fakes.endpoint import HTML, FakeEndpoint, served

FULL = pa.table({"income": [10, 20, 30, 40], "debt": [9.0, 2.0, 5.0, 39.0]})
DOORS = {"mlflow": "/invocations", "v2": "/v2/models/loans/infer"}


@pytest.fixture
def endpoint():
    with served(FakeEndpoint()) as fake:
        yield fake


class Clock:
    def __init__(self):
        self.time = 0.0
        self.waits = []

    def now(self):
        return self.time

    def wait(self, seconds):
        self.waits.append(seconds)
        self.time += seconds


def asking(endpoint, door="mlflow", **options):
    clock = Clock()
    made = Asking(
        address=read_address(endpoint.url(DOORS[door])), wait=clock.wait, now=clock.now, rate=0.0, **options
    )
    return made, clock


def ask(endpoint, door="mlflow", table=FULL, **options):
    made, _ = asking(endpoint, door, **options)
    return ask_all(made, describe(made), table)


@pytest.mark.parametrize("door", DOORS)
def test_labels_come_back_in_the_order_of_the_rows(endpoint, door):
    assert ask(endpoint, door).predictions == ("yes", "no", "no", "yes")


@pytest.mark.parametrize("door", DOORS)
def test_more_rows_than_a_batch_come_back_whole(endpoint, door):
    count = BATCH * 2 + 7
    table = pa.table({"income": [10] * count, "debt": [float(number % 10) for number in range(count)]})
    said = ask(endpoint, door, table)

    assert said.predictions == tuple("yes" if number % 10 > 5 else "no" for number in range(count))
    assert [rows for method, _, rows, _ in endpoint.seen if method == "POST"] == [BATCH, BATCH, 7]


def test_an_endpoint_that_takes_fewer_rows_gets_fewer(endpoint):
    endpoint.limit = 2

    assert len(ask(endpoint).predictions) == 4
    assert endpoint.seen[-1][2] <= 2


def test_columns_by_class_name_the_classes(endpoint):
    endpoint.shape = "by_class"
    said = ask(endpoint)

    assert said.classes == ("no", "yes")
    assert said.scores[0] == pytest.approx((0.1, 0.9))


def test_a_tensor_of_shares_beside_labels_comes_with_both(endpoint):
    endpoint.shape = "both"
    said = ask(endpoint, "v2")

    assert said.predictions == ("yes", "no", "no", "yes")
    assert said.scores[3] == pytest.approx((0.025, 0.975))


def test_inputs_by_name_are_sent_by_name_and_a_missing_one_is_told(endpoint):
    endpoint.inputs = [
        {"name": "debt", "datatype": "FP64", "shape": [-1, 1]},
        {"name": "income", "datatype": "INT64", "shape": [-1, 1]},
    ]
    wide = FULL.append_column("town", pa.array(["a"] * 4))

    assert ask(endpoint, "v2", wide).predictions == ("yes", "no", "no", "yes")
    with pytest.raises(BadData, match="lack: income"):
        ask(endpoint, "v2", FULL.drop_columns("income"))


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_what_may_pass_is_asked_again(endpoint, status):
    endpoint.plan = [status, status]
    made, clock = asking(endpoint)

    assert len(ask_all(made, describe(made), FULL).predictions) == 4
    assert len(clock.waits) == 2
    assert clock.waits[0] < clock.waits[1] * 2


def test_the_pause_that_the_endpoint_names_is_kept(endpoint):
    endpoint.plan = [(429, {"Retry_After": "17"}, b"")]
    made, clock = asking(endpoint)
    ask_all(made, describe(made), FULL)

    assert clock.waits == [17.0]


def test_a_pause_that_is_too_long_is_not_waited_for(endpoint):
    endpoint.plan = [(503, {"Retry_After": "86400"}, b"")]
    made, clock = asking(endpoint)

    with pytest.raises(TrainingFailed, match="HTTP 503"):
        ask_all(made, describe(made), FULL)
    assert clock.waits == []


def test_an_endpoint_that_never_recovers_is_told_after_some_attempts(endpoint):
    endpoint.plan = [500] * 20

    with pytest.raises(TrainingFailed, match="HTTP 500"):
        ask(endpoint)
    assert len(endpoint.plan) == 20 - ATTEMPTS


def test_the_time_limit_holds_for_all_requests_together(endpoint):
    endpoint.plan = [(429, {"Retry_After": "40"}, b"")] * 4

    with pytest.raises(TrainingFailed, match="429"):
        ask(endpoint, time_limit=100.0)


@pytest.mark.parametrize(
    ("wrong", "what", "mend"),
    [
        (401, "refuses us (HTTP 401)", "No token was sent"),
        (403, "refuses us (HTTP 403)", "No token was sent"),
        (404, "has nothing at", "model's name"),
        (
            (400, {}, b'{"error": "column <b>age</b> is missing"}'),
            "does not take these rows (HTTP 400)",
            "fitted on",
        ),
        (
            (302, {"Location": "https://sign.example/in"}, b""),
            "sends us on to https://sign.example/in",
            "own address",
        ),
        ((307, {"Location": "https://sign.example/in"}, b""), "we don't follow", "own address"),
        ((200, {"Content_Type": "text/html; charset=utf-8"}, HTML), "a web page, as a sign-in does", "TOKEN"),
    ],
)
def test_what_will_not_pass_is_told_at_once(endpoint, wrong, what, mend):
    endpoint.plan = [wrong] * 3

    with pytest.raises(TrainingFailed) as caught:
        ask(endpoint)
    assert what in caught.value.what
    assert mend in caught.value.mend
    assert "<b>" not in caught.value.what
    assert len(endpoint.plan) == 2


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b'{"predictions": ["yes"]}', "1 answers for 4 rows"),
        (b'{"predictions": ["yes", "no", "no", "no", "no"]}', "5 answers for 4 rows"),
        (b'{"answers": []}', "no list of `predictions`"),
        (b"not json", "no list of `predictions`"),
        (b'{"predictions": [[1, 2], [1], [1, 2], [1, 2]]}', "different lengths"),
        (b'{"predictions": [["a", "b"], ["a", "b"], ["a", "b"], ["a", "b"]]}', "no number"),
        (b'{"predictions": [{"a": 1, "b": 2}, {"b": 1, "a": 2}, {"a": 1}, {"a": 1}]}', "different names"),
        (b'{"predictions": [1, [1], [1], [1]]}', "no number"),
    ],
)
def test_answers_that_do_not_fit_the_rows_are_told(endpoint, body, told):
    endpoint.plan = [(200, {}, body)]

    with pytest.raises(BadData) as caught:
        ask(endpoint)
    assert told in caught.value.what


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"{}", "no list of `outputs`"),
        (b'{"outputs": [{"name": "a", "shape": [3], "data": [1, 2, 3]}]}', "3 answers for 4 rows"),
        (b'{"outputs": [{"name": "a", "shape": [4], "data": [1, 2, 3]}]}', "3 values for 4 rows"),
        (b'{"outputs": [{"name": "a", "data": [1, 2, 3, 4]}]}', "without `data` and `shape`"),
    ],
)
def test_outputs_that_do_not_fit_the_rows_are_told(endpoint, body, told):
    endpoint.plan = [(200, {}, body)]

    with pytest.raises(BadData) as caught:
        ask(endpoint, "v2")
    assert told in caught.value.what


def test_a_row_without_an_answer_is_not_taken_for_one(endpoint):
    endpoint.plan = [(200, {}, b'{"predictions": [0.5, NaN, 0.1, Infinity]}')]

    assert ask(endpoint).predictions == (0.5, None, 0.1, None)


def test_missing_values_travel_as_null(endpoint):
    endpoint.plan = [(200, {}, b'{"predictions": [1, 2, 3, 4]}')]
    ask(endpoint, table=pa.table({"income": [1, 2, 3, None], "debt": [1.0, float("nan"), None, 4.0]}))

    assert endpoint.bodies[-1]["dataframe_split"]["data"] == [[1, 1.0], [2, None], [3, None], [None, 4.0]]


def test_nobody_at_home_is_told(endpoint):
    address = read_address("http://127.0.0.1:9/invocations")
    clock = Clock()

    with pytest.raises(TrainingFailed, match="can't be reached"):
        describe(Asking(address=address, wait=clock.wait, now=clock.now))


def test_a_token_goes_to_the_hosts_that_may_have_it_and_nowhere_else(endpoint, monkeypatch):
    monkeypatch.setenv("CI_MLOPS_ENDPOINT_TOKEN", "secret")
    address = read_address(endpoint.url("/invocations"))

    assert token_for(address, None) == "secret"
    assert token_for(address, frozenset({address.host})) == "secret"
    assert token_for(address, frozenset({"other.example"})) is None
    monkeypatch.setenv("CI_MLOPS_ENDPOINT_HOST", address.host)
    assert token_for(address, frozenset()) == "secret"
    with pytest.raises(BadConfig, match="unencrypted"):
        token_for(read_address("http://models.example/invocations"), None)


def test_the_token_is_sent_and_a_redirect_does_not_get_it(endpoint):
    with served(FakeEndpoint()) as other:
        endpoint.plan = [(307, {"Location": other.url("/invocations")}, b"")]
        with pytest.raises(TrainingFailed, match="we don't follow"):
            ask(endpoint, token="secret")

        assert {token for *_, token in endpoint.seen} == {"Bearer secret"}
        assert other.seen == []


def test_a_refused_token_is_told_without_it(endpoint):
    endpoint.plan = [401]

    with pytest.raises(TrainingFailed) as caught:
        ask(endpoint, token="secret-value")
    assert "was sent, and is refused" in caught.value.mend
    assert "secret-value" not in str(caught.value)


def test_the_pace_is_kept(endpoint):
    made, clock = asking(endpoint)
    made.rate = 3.0
    table = pa.table({"income": [10] * (BATCH + 1), "debt": [1.0] * (BATCH + 1)})
    ask_all(made, describe(made), table)

    assert clock.waits == [3.0, 3.0]


@pytest.mark.parametrize(
    ("uri", "dialect", "asked", "told_at"),
    [
        ("https://h/invocations", "mlflow", "https://h/invocations", "https://h/version"),
        (
            "https://h:8/a/b/invocations?x=1",
            "mlflow",
            "https://h:8/a/b/invocations?x=1",
            "https://h:8/a/b/version",
        ),
        ("https://h/v2/models/m", "v2", "https://h/v2/models/m/infer", "https://h/v2/models/m"),
        (
            "https://h/x/v2/models/m/versions/3/infer",
            "v2",
            "https://h/x/v2/models/m/versions/3/infer",
            "https://h/x/v2/models/m/versions/3",
        ),
    ],
)
def test_the_address_says_its_dialect(uri, dialect, asked, told_at):
    address = read_address(uri)

    assert (address.dialect, address.ask, address.told_at) == (dialect, asked, told_at)


def test_an_address_of_no_dialect_is_refused_with_the_ways_out():
    with pytest.raises(BadConfig) as caught:
        read_address("https://h/predict", "ci-mlops.yml:7")
    assert "/invocations" in caught.value.mend
    assert caught.value.where == "ci-mlops.yml:7"

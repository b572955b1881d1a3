import pytest
from mlstack.serving.rows import (
    CSV,
    JSON,
    JSON_LINES,
    MAX_BODY,
    Payload,
    content_type_of,
    payload,
    predictions,
    require_size,
)
from mlstack_components.errors import UserError


@pytest.mark.parametrize(
    ("path", "given", "expected"),
    [
        ("sample.csv", None, CSV),
        ("a/SAMPLE.CSV", None, CSV),
        ("sample.json", None, JSON),
        ("sample.jsonl", None, JSON_LINES),
        ("sample.csv", "json", JSON),
        ("-", "text/csv; charset=utf-8", "text/csv; charset=utf-8"),
    ],
)
def test_content_type(path: str, given: str | None, expected: str) -> None:
    assert content_type_of(path, given) == expected


@pytest.mark.parametrize("path", ["-", "sample.parquet"])
def test_unknown_content_type(path: str) -> None:
    with pytest.raises(UserError, match=r"--content-type csv"):
        content_type_of(path, None)


def test_a_payload_is_sent_as_it_is() -> None:
    assert payload(b"1,2\n", CSV, "sample.csv") == Payload(b"1,2\n", CSV)


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        (b"", CSV, "is empty"),
        (b" \n", CSV, "is empty"),
        (b"x" * (MAX_BODY + 1), CSV, "takes 6,291,456 at a time"),
        (b"{", JSON, "is no JSON"),
    ],
)
def test_what_the_endpoint_would_refuse(body: bytes, kind: str, said: str) -> None:
    with pytest.raises(UserError) as raised:
        payload(body, kind, "sample")
    assert said in raised.value.message


@pytest.mark.parametrize(
    ("body", "kind", "read"),
    [
        (b'{"predictions": ["rain"]}', "application/json; charset=utf-8", {"predictions": ["rain"]}),
        (b'"rain"\n\n"sun"\n', JSON_LINES, ["rain", "sun"]),
        (b"rain\nsun\n", CSV, ["rain", "sun"]),
        (b'rain,0.9\n"sun, mostly",0.1\n', CSV, [["rain", "0.9"], ["sun, mostly", "0.1"]]),
        (b"plain", "text/plain", "plain"),
    ],
)
def test_answers(body: bytes, kind: str, read: object) -> None:
    assert predictions(body, kind) == read


@pytest.mark.parametrize(
    ("kind", "size", "words"),
    [
        ("realtime", MAX_BODY + 1, "a real-time endpoint takes 6,291,456"),
        ("serverless", (4 << 20) + 1, "a serverless endpoint takes 4,194,304"),
        ("asynchronous", (1 << 30) + 1, "an asynchronous endpoint takes 1,073,741,824"),
    ],
)
def test_each_kind_of_serving_takes_its_own_most(kind: str, size: int, words: str) -> None:
    require_size(size - 1, "rows.csv", kind)
    with pytest.raises(UserError, match=words):
        require_size(size, "rows.csv", kind)

"""Bodies are read as JSON.parse reads them, and written as JSON.stringify writes them."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nangonb._records import decode, iso, to_js_json
from tests.records.values import json_values, same


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"1.0", 1),
        (b"1e3", 1000),
        (b"-0.0", 0),
        (b"1.5", 1.5),
        (b"1e20", 10**20),
        (b"9007199254740993", 2**53 + 1),
        (b"123456789012345678901234567890", 123456789012345678901234567890),
        (b'"\\u0000"', "\0"),
        (b'"\\ud83d\\ude00"', "😀"),
        (b'"\\ud83d"', "\ud83d"),
        (b'{"a": "\\udc00", "b": 1.0}', {"a": "\udc00", "b": 1}),
        (b'\xef\xbb\xbf{"a":1}', {"a": 1}),
        (b'"\xff\xfeabc"', "\ufffd\ufffdabc"),
        (b" \t\r\n[] ", []),
        (b'{"a":1,"a":2}', {"a": 2}),
    ],
)
def test_decode(body: bytes, value: Any) -> None:
    decoded = decode(body)
    assert decoded == value
    assert type(decoded) is type(value)


def test_integral_floats_are_ints_only_while_javascript_writes_them_as_such() -> None:
    assert type(decode(b"1e20")) is int
    assert type(decode(b"1e21")) is float
    assert decode(b"1e400") == math.inf
    assert decode(b"1" * 5000) == math.inf


REFUSED = [
    *(b"", b" ", b"NaN", b"-Infinity", b"[1,]", b'{"a":1,}', b"01", b"1.", b".5", b"+1", b"'a'", b'"\x01"'),
    *(b"{a:1}", b"nul", b"[1] x", b'"\\x41"', b"\x0c1", b'[NaN, "\\ud800"]', b"[" * 100_000),
    b"\xef\xbb\xbf\xef\xbb\xbf1",
]


@pytest.mark.parametrize("body", REFUSED, ids=lambda body: repr(body[:20]))
def test_what_json_parse_refuses_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        decode(body)


@given(json_values, st.booleans())
def test_whatever_json_says_is_what_decode_gives(value: Any, ascii_only: bool) -> None:
    body = json.dumps(value, ensure_ascii=ascii_only).encode(
        "utf-8", "replace" if ascii_only else "backslashreplace"
    )
    expected = json.loads(body)
    decoded = decode(body)
    assert same(decoded, expected)
    assert not _integral_floats(decoded)


@given(json_values)
def test_a_value_sent_is_read_back(value: Any) -> None:
    sent = to_js_json(value)
    sent.decode("utf-8")  # well-formed, whatever is in it
    assert same(decode(sent), value)
    assert b".0" not in to_js_json(float(2**40))


def _integral_floats(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_integral_floats, value.values()))
    if isinstance(value, list):
        return any(map(_integral_floats, value))
    return isinstance(value, float) and value.is_integer() and abs(value) < 1e21


def test_sending_follows_json_stringify() -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
    value = {
        "nan": math.nan,
        "inf": [math.inf],
        "one": 1.0,
        "when": moment,
        "pair": (1, 2),
        "lone": "\ud800é",
    }
    assert to_js_json(value) == (
        b'{"nan":null,"inf":[null],"one":1,"when":"2026-01-02T03:04:05.678Z","pair":[1,2],"lone":"\\ud800\xc3\xa9"}'
    )


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ({"a": [{"b": {1, 2}}]}, r"a\[0\]\.b.*set.*list\(value\)"),
        (Decimal("1.5"), "the value.*Decimal"),
        ({1: 2}, "key"),
    ],
)
def test_what_cannot_be_sent_says_where_it_stands(value: Any, where: str) -> None:
    with pytest.raises(TypeError, match=where):
        to_js_json(value)


def test_a_value_that_contains_itself() -> None:
    value: list[Any] = []
    value.append(value)
    with pytest.raises(TypeError, match="contains itself"):
        to_js_json(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (date(2026, 1, 1), "2026-01-01T00:00:00.000Z"),
        (datetime(2026, 1, 1, 12, 30), "2026-01-01T12:30:00.000Z"),
        (datetime(2026, 1, 1, 1, 0, tzinfo=timezone(timedelta(hours=2))), "2025-12-31T23:00:00.000Z"),
        (datetime(987, 6, 5, 4, 3, 2, 1999, tzinfo=UTC), "0987-06-05T04:03:02.001Z"),
    ],
)
def test_iso(value: date, text: str) -> None:
    assert iso(value) == text


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = (
        "import sys, nangonb._records; "
        "print(sorted({'pandas', 'pyarrow', 'numpy', 'jsonschema', 'msgspec', 'orjson'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"

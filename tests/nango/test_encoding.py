"""Values as JavaScript writes them, compared with Node where it is there."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import subprocess
from typing import Any

import pytest

from nangonb._nango import form_body, js_number, js_string, json_text, proxy_path, query_string
from nangonb._nango.encoding import request_body
from nangonb.errors import UsageError

NUMBERS = [
    0.0, -0.0, 1.0, -1.0, 0.1, 1.5, 100.0, 1e-6, 1e-7, 1.5e-7, 123456789.125, 1e15, 1e16, 1e20, 1e21,
    1.5e21, 1e22, 1.2345678901234568e20, 1.7976931348623157e308, 5e-324, 0.000001234,
    9007199254740991.0, 123e-20, -2.5e-9,
]  # fmt: skip
TEXTS = ["a b", "a+b&c=d", "é", "~*-._!'()", "美咲", "\n\t\x00", "100%", "😀", "a/b?c#d", ""]
QUERIES = [
    ("/q", {"q": "SELECT Id, Name FROM A WHERE x > '1'", "n": [1, 2], "t": True, "z": None}),
    ("/q?a=1&b=2&a=3", {"a": "x"}),
    ("/q?a=1&b=b%20c&plus=d+e", {"c": "é"}),
    ("/q?a=", {"a": [1, [2, None]], "o": {"x": 1}, "f": 2.0}),
]


@pytest.fixture(scope="module")
def node() -> str:
    found = shutil.which("node")
    if found is None:
        pytest.skip("Node is not installed")
    return found


def _in_node(node: str, program: str, data: Any) -> Any:
    read = "const data = JSON.parse(require('fs').readFileSync(0, 'utf8'));"
    text = f"{read}\nconsole.log(JSON.stringify({program}))"
    done = subprocess.run(
        [node, "-e", text], input=json.dumps(data), capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def test_numbers_are_written_as_node_writes_them(node: str) -> None:
    expected = _in_node(node, "data.map(x => String(Number(x)))", [repr(x) for x in NUMBERS])
    assert [js_number(x) for x in NUMBERS] == expected


def test_what_json_has_no_number_for() -> None:
    assert [js_number(x) for x in (float("nan"), float("inf"), float("-inf"))] == [
        "NaN",
        "Infinity",
        "-Infinity",
    ]
    assert json_text([float("nan"), float("inf"), 2**64 + 1]) == f"[null,null,{2**64 + 1}]"


def test_texts_are_encoded_as_URLSearchParams_encodes_them(node: str) -> None:  # noqa: N802
    expected = _in_node(node, "data.map(x => new URLSearchParams([['k', x]]).toString())", TEXTS)
    assert [query_string([("k", text)]) for text in TEXTS] == expected


def test_params_are_set_as_URLSearchParams_sets_them(node: str) -> None:  # noqa: N802
    program = """data.map(([endpoint, params]) => {
        const url = new URL('http://h/proxy' + endpoint);
        for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value);
        return url.pathname + url.search;
    })"""
    expected = _in_node(node, program, QUERIES)
    assert [proxy_path(endpoint, params) for endpoint, params in QUERIES] == expected


def test_a_date_in_params_is_written_as_node_writes_it(node: str) -> None:
    moments = ["2024-01-02T03:04:05.678Z", "1999-12-31T23:59:59Z"]
    expected = _in_node(node, "(process.env.TZ = 'UTC', data.map(x => String(new Date(x))))", moments)
    assert [js_string(dt.datetime.fromisoformat(moment)) for moment in moments] == expected
    assert (
        js_string(dt.datetime(2024, 1, 2, 3, 4, 5))
        == "Tue Jan 02 2024 03:04:05 GMT+0000 (Coordinated Universal Time)"
    )


def test_json_is_written_as_node_writes_it(node: str) -> None:
    data = {"n": NUMBERS, "t": TEXTS, "nested": {"a": [{}, [], None, True, False, {"b": 'x\\"y'}]}, "1": 1}
    assert json_text(data["nested"]) == _in_node(node, "JSON.stringify(data)", data["nested"])
    assert json_text(TEXTS) == _in_node(node, "JSON.stringify(data)", TEXTS)
    assert json_text(NUMBERS) == _in_node(node, "JSON.stringify(data)", NUMBERS)


def test_json_of_what_javascript_writes_in_its_own_way() -> None:
    assert json_text({1: 1.0, "d": dt.datetime(2024, 1, 2, 3, 4, 5, 678000, dt.UTC), "t": (1, 2)}) == (
        '{"1":1,"d":"2024-01-02T03:04:05.678Z","t":[1,2]}'
    )
    assert json_text("\ud800x😀") == '"\\ud800x😀"'


def test_json_names_the_place_of_what_it_cannot_hold() -> None:
    with pytest.raises(UsageError, match=r"data\['a'\]\[1\] is a set"):
        json_text({"a": [1, {1, 2}]})
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(UsageError, match="contains itself"):
        json_text(loop)


@pytest.mark.parametrize(
    ("endpoint", "params", "expected"),
    [
        ("services/x", None, "/proxy/services/x"),
        ("/services/x?next=1", None, "/proxy/services/x?next=1"),
        ("/x?q=a b", None, "/proxy/x?q=a%20b"),
        ("/x?q=a%20b", None, "/proxy/x?q=a%20b"),
        ("/é/a b", None, "/proxy/%C3%A9/a%20b"),
        ("/x", "a=1&b=2", "/proxy/x?a=1&b=2"),
        ("/x", "?a=1", "/proxy/x?a=1"),
        ("/x?c=3", "a=1", "/proxy/x?c=3&a=1"),
        ("/x#frag", None, "/proxy/x"),
        ("https://api.test/v1/x?a=1", None, "/proxy/https://api.test/v1/x?a=1"),
        ("/x", {}, "/proxy/x"),
    ],
)
def test_the_path_of_a_proxied_request(endpoint: str, params: Any, expected: str) -> None:
    assert proxy_path(endpoint, params) == expected


def test_a_form_is_written_as_axios_writes_it() -> None:
    assert (
        form_body({"a": "x y", "b": None, "c": [1, 2.0], "d": {"e": True}})
        == "a=x+y&c%5B%5D=1&c%5B%5D=2&d%5Be%5D=true"
    )
    assert form_body({"l": [{"x": 1}]}) == "l%5B0%5D%5Bx%5D=1"


FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("method", "data", "content_type", "expected"),
    [
        ("POST", {"a": 1.0}, None, (b'{"a":1}', "application/json")),
        ("POST", [], None, (b"[]", "application/json")),
        ("POST", "a=1", None, (b"a=1", FORM)),
        ("POST", b"\x00\x01", "image/png", (b"\x00\x01", "image/png")),
        ("POST", {"a": "b c"}, f"{FORM}; charset=utf-8", (b"a=b+c", f"{FORM}; charset=utf-8")),
        ("POST", '{"a": 1}', "application/json", (b'{"a": 1}', "application/json")),
        ("POST", "plain", "application/json", (b'"plain"', "application/json")),
        ("DELETE", {"a": 1}, None, (b'{"a":1}', "application/json")),
        ("DELETE", None, None, (None, None)),
        ("GET", {"a": 1}, None, (None, None)),
    ],
)
def test_the_body_and_its_type(method: str, data: Any, content_type: str | None, expected: Any) -> None:
    assert request_body(method, data, content_type) == expected


def test_a_multipart_body_is_not_guessed() -> None:
    with pytest.raises(UsageError, match="multipart"):
        request_body("POST", {"a": 1}, "multipart/form-data")

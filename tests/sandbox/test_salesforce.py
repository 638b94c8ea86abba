"""The Salesforce-like provider: paging, conditions, errors, and a million rows without their memory."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from tests.sandbox.process import Sandbox

FIELDS = "Id, FirstName, LastName, Email, AccountId, LastModifiedDate"
SEED = f"SELECT {FIELDS} FROM Contact"


def check_letters(short: str) -> str:
    """The suffix of an id, by Salesforce's published rule."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
    chunks = [short[at : at + 5] for at in (0, 5, 10)]
    return "".join(letters[sum(2**at for at, c in enumerate(chunk) if "A" <= c <= "Z")] for chunk in chunks)


def errors(sandbox: Sandbox, query: str) -> tuple[int, str, str]:
    answer = sandbox.soql(query)
    (error,) = answer.json()
    return answer.status_code, error["errorCode"], error["message"]


def test_all_contacts_in_pages_of_two_thousand(sandbox: Sandbox) -> None:
    first = sandbox.soql(SEED).json()
    assert (first["totalSize"], first["done"], len(first["records"])) == (2413, False, 2000)
    assert re.fullmatch(r"/services/data/v53\.0/query/01g\w{15}-2000", first["nextRecordsUrl"])
    second = sandbox.proxy(first["nextRecordsUrl"], "conn-1", "salesforce").json()
    assert (second["totalSize"], second["done"], len(second["records"])) == (2413, True, 413)
    assert "nextRecordsUrl" not in second
    records = first["records"] + second["records"]
    assert len({record["Id"] for record in records}) == 2413
    for record in records:
        assert list(record) == ["attributes", *FIELDS.split(", ")]
        assert record["attributes"] == {
            "type": "Contact",
            "url": f"/services/data/v53.0/sobjects/Contact/{record['Id']}",
        }
        assert record["Id"] == record["Id"][:15] + check_letters(record["Id"][:15])
        assert re.fullmatch(r"2026-0[1-6]-\d\dT\d\d:\d\d:\d\d\.000\+0000", record["LastModifiedDate"])
        assert record["LastName"]
    # What real data has: nulls, letters beyond ASCII, more than one script
    assert {field for record in records for field in record if record[field] is None} == {
        "FirstName",
        "Email",
        "AccountId",
    }
    names = " ".join(f"{record['FirstName']} {record['LastName']}" for record in records)
    assert all(name in names for name in ("Zoë", "美咲", "O'Neil", "Иванова", "Ó Briain"))
    assert all(record["Email"].isascii() for record in records if record["Email"])


def test_the_data_are_the_same_in_every_process(
    sandbox: Sandbox, new_sandbox: Callable[..., Sandbox]
) -> None:
    assert new_sandbox().soql(SEED).content == sandbox.soql(SEED).content


def test_references_point_to_accounts_that_exist(sandbox: Sandbox) -> None:
    accounts = {r["Id"] for r in sandbox.every_record("SELECT Id FROM Account")}
    used = {r["AccountId"] for r in sandbox.every_record("SELECT Id, AccountId FROM Contact")} - {None}
    assert used <= accounts
    assert len(used) > 50


def test_the_connections_lead_to_different_orgs(sandbox: Sandbox) -> None:
    one = sandbox.every_record("SELECT Id FROM Contact")
    two = sandbox.soql("SELECT Id, Name FROM Contact", connection="conn-2").json()
    assert (two["totalSize"], two["done"]) == (318, True)
    assert not {r["Id"] for r in one} & {r["Id"] for r in two["records"]}
    dev = sandbox.proxy(
        "/services/data/v60.0/query",
        "conn-dev",
        "salesforce-sandbox",
        params={"q": "SELECT COUNT() FROM Contact"},
    )
    assert dev.json() == {"totalSize": 57, "done": True, "records": []}


@pytest.mark.parametrize("date", ["2026-04-01T00:00:00.000Z", "2026-04-01T02:00:00+02:00", "2026-04-01"])
def test_an_incremental_query_gives_what_changed_after_the_date(sandbox: Sandbox, date: str) -> None:
    limit = datetime.fromisoformat("2026-04-01T00:00:00+00:00")
    every = sandbox.every_record(SEED)
    wanted = [r for r in every if datetime.fromisoformat(r["LastModifiedDate"]) > limit]
    assert 0 < len(wanted) < 2000
    assert sandbox.soql(f"{SEED} WHERE LastModifiedDate > {date}").json()["records"] == wanted


def test_the_bounds_of_a_date_are_exact(sandbox: Sandbox) -> None:
    every = sandbox.every_record(SEED)
    at = every[1200]["LastModifiedDate"].replace("+0000", "Z")

    def count(condition: str) -> int:
        return int(sandbox.soql(f"SELECT COUNT() FROM Contact WHERE {condition}").json()["totalSize"])

    assert count(f"LastModifiedDate > {at}") == 2413 - 1201
    assert count(f"LastModifiedDate >= {at}") == 2413 - 1200
    assert count(f"LastModifiedDate < {at}") == 1200
    assert count(f"LastModifiedDate <= {at}") == 1201
    assert count(f"LastModifiedDate = {at}") == 1
    assert count(f"LastModifiedDate != {at}") == 2412
    assert count("LastModifiedDate > 2030-01-01T00:00:00Z") == 0
    assert count("LastModifiedDate > 2020-01-01T00:00:00Z") == 2413
    assert count("LastModifiedDate > 2026-02-01T00:00:00Z AND LastModifiedDate <= 2026-02-01T00:00:00Z") == 0


CONDITIONS: list[tuple[str, Callable[[dict[str, Any]], bool]]] = [
    ("Email = null", lambda r: r["Email"] is None),
    ("Email != null AND AccountId = null", lambda r: r["Email"] is not None and r["AccountId"] is None),
    ("LastName = 'müller'", lambda r: r["LastName"] == "Müller"),
    ("LastName != 'O\\'Neil'", lambda r: r["LastName"] != "O'Neil"),
    ("LastName LIKE 'o_neil%'", lambda r: r["LastName"] == "O'Neil"),
    ("FirstName IN ('Ada', 'Zoë')", lambda r: r["FirstName"] in ("Ada", "Zoë")),
    ("FirstName NOT IN ('Ada', 'Zoë')", lambda r: r["FirstName"] not in ("Ada", "Zoë")),
    ("FirstName = null OR (Email = null AND NOT LastName = 'Khan')",
     lambda r: r["FirstName"] is None or (r["Email"] is None and r["LastName"] != "Khan")),
    ("LastModifiedDate > 2026-05-01T00:00:00Z AND Contact.FirstName = 'Ada'",
     lambda r: r["LastModifiedDate"] >= "2026-05-01T00:00:01" and r["FirstName"] == "Ada"),
]  # fmt: skip


@pytest.mark.parametrize(("condition", "holds"), CONDITIONS, ids=[text for text, _ in CONDITIONS])
def test_conditions(sandbox: Sandbox, condition: str, holds: Callable[[dict[str, Any]], bool]) -> None:
    wanted = [record for record in sandbox.every_record(SEED) if holds(record)]
    assert 0 < len(wanted) < 2413
    assert sandbox.every_record(f"{SEED} WHERE {condition}") == wanted


def test_order_limit_and_offset(sandbox: Sandbox) -> None:
    every = sandbox.every_record(SEED)
    newest = sandbox.soql(f"{SEED} ORDER BY LastModifiedDate DESC LIMIT 5").json()
    assert (newest["totalSize"], newest["done"], newest["records"]) == (5, True, every[:-6:-1])
    assert sandbox.soql(f"{SEED} LIMIT 3 OFFSET 10").json()["records"] == every[10:13]
    by_name = sandbox.every_record("SELECT FirstName, Id FROM Contact ORDER BY FirstName DESC NULLS LAST, Id")
    first_names = [r["FirstName"] for r in by_name]
    filled = [name.casefold() for name in first_names if name is not None]
    assert filled == sorted(filled, reverse=True)
    assert first_names.index(None) == len(filled)


def test_names_are_found_whatever_their_case_and_every_field_can_be_selected(sandbox: Sandbox) -> None:
    record = sandbox.soql("select id, firstname from contact limit 1").json()["records"][0]
    assert list(record) == ["attributes", "Id", "FirstName"]
    described = sandbox.proxy("/services/data/v53.0/sobjects/Contact/describe", "conn-1", "salesforce").json()
    names = [field["name"] for field in described["fields"]]
    record = sandbox.soql("SELECT FIELDS(ALL) FROM Contact LIMIT 1").json()["records"][0]
    assert list(record) == ["attributes", *names]
    types = {field["name"]: field["type"] for field in described["fields"]}
    assert types["Id"] == "id"
    assert isinstance(record["IsDeleted"], bool)
    reference = next(field for field in described["fields"] if field["name"] == "AccountId")
    assert (reference["relationshipName"], reference["referenceTo"]) == ("Account", ["Account"])


@pytest.mark.parametrize(
    ("query", "code", "said"),
    [
        ("SELECT Id, Nope FROM Contact", "INVALID_FIELD", "No such column 'Nope' on entity 'Contact'"),
        ("SELECT Id FROM Contact WHERE Nope = 1", "INVALID_FIELD", "No such column 'Nope'"),
        ("SELECT Id FROM Contact ORDER BY Nope", "INVALID_FIELD", "No such column 'Nope'"),
        ("SELECT Id FROM Nope", "INVALID_TYPE", "sObject type 'Nope' is not supported"),
        ("SELECT Id FORM Contact", "MALFORMED_QUERY", "unexpected token: 'FORM'"),
        ("SELECT Id FROM Contact WHERE", "MALFORMED_QUERY", "unexpected token: '<EOF>'"),
        ("SELECT Id FROM Contact WHERE LastModifiedDate > yesterday", "MALFORMED_QUERY", "'yesterday'"),
        ("SELECT Id FROM Contact WHERE LastModifiedDate > 2026-99-01", "MALFORMED_QUERY", "Invalid date"),
        ("SELECT Id FROM Contact WHERE Id = \"x\"", "MALFORMED_QUERY", "unexpected token: '\"'"),
        ("SELECT Id FROM Contact WHERE LastModifiedDate > '2026-01-01'", "INVALID_FIELD", "of type datetime"),
        ("SELECT Id, Id FROM Contact", "MALFORMED_QUERY", "duplicate field selected: Id"),
        ("SELECT FIELDS(ALL) FROM Contact", "MALFORMED_QUERY", "must have a LIMIT"),
        ("SELECT Id FROM Contact LIMIT 1 OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE", "2000"),
        ("", "MALFORMED_QUERY", "A query string has to be specified"),
    ],
)  # fmt: skip
def test_wrong_queries(sandbox: Sandbox, query: str, code: str, said: str) -> None:
    status, found, message = errors(sandbox, query)
    assert (status, found) == (400, code)
    assert said in message


def test_records_and_the_list_of_objects(sandbox: Sandbox) -> None:
    listed = sandbox.proxy("/services/data/v53.0/sobjects/", "conn-1", "salesforce").json()
    assert [one["name"] for one in listed["sobjects"]] == ["Contact", "Account"]
    expected = sandbox.soql("SELECT Id, Email FROM Contact LIMIT 1 OFFSET 100").json()["records"][0]
    path = f"/services/data/v53.0/sobjects/Contact/{expected['Id']}"
    assert sandbox.proxy(f"{path}?fields=Email", "conn-1", "salesforce").json() == expected
    # The short form of an id works, too
    assert sandbox.proxy(path[:-3], "conn-1", "salesforce").json()["Id"] == expected["Id"]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/services/data/v53.0/sobjects/Contact/003Dm0000000001AAA", 404, "NOT_FOUND"),
        ("GET", "/services/data/v53.0/sobjects/Contact/003Dm0000099999", 404, "NOT_FOUND"),
        ("GET", "/services/data/v53.0/sobjects/Nope/describe", 404, "NOT_FOUND"),
        ("GET", "/services/data/v53.0/nope", 404, "NOT_FOUND"),
        ("GET", "/nope", 404, "NOT_FOUND"),
        ("GET", "/services/data/v53.0/query/01gDm0000000000AAA-2000", 400, "INVALID_QUERY_LOCATOR"),
        ("POST", "/services/data/v53.0/query", 405, "METHOD_NOT_ALLOWED"),
        ("DELETE", "/services/data/v53.0/sobjects/Contact/003Dm0000000001", 405, "METHOD_NOT_ALLOWED"),
    ],
)
def test_what_is_not_there(sandbox: Sandbox, method: str, path: str, status: int, code: str) -> None:
    answer = sandbox.proxy(path, "conn-1", "salesforce", method=method)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (status, code)


def test_a_patched_record_is_what_the_next_incremental_query_gives(
    new_sandbox: Callable[..., Sandbox],
) -> None:
    sandbox = new_sandbox()
    every = sandbox.every_record(SEED)
    cursor = sandbox.soql(SEED).json()["nextRecordsUrl"]
    target = every[7]
    path = f"/services/data/v53.0/sobjects/Contact/{target['Id']}"
    change = {"FirstName": "Renamed 名", "Email": None}
    answer = sandbox.proxy(path, "conn-1", "salesforce", method="PATCH", json=change)
    assert (answer.status_code, answer.content) == (204, b"")
    (found,) = sandbox.every_record(f"{SEED} WHERE LastModifiedDate > 2026-07-01T00:00:00Z")
    assert {**target, **change, "LastModifiedDate": found["LastModifiedDate"]} == found
    assert found["LastModifiedDate"] > target["LastModifiedDate"]
    # It keeps its place in a full query, leaves its old date, and cursors that are open go on
    assert [r["Id"] for r in sandbox.every_record(SEED)] == [r["Id"] for r in every]
    before = sandbox.every_record(f"{SEED} WHERE LastModifiedDate <= 2026-07-01T00:00:00Z")
    assert before == [record for record in every if record["Id"] != target["Id"]]
    assert sandbox.every_record(f"{SEED} WHERE FirstName = 'Renamed 名'") == [found]
    assert sandbox.proxy(cursor, "conn-1", "salesforce").status_code == 200
    for wrong, code in [
        ({"Nope": 1}, "INVALID_FIELD"),
        ({"Id": "x"}, "INVALID_FIELD_FOR_INSERT_UPDATE"),
        ({"LastName": None}, "REQUIRED_FIELD_MISSING"),
        ({"FirstName": "x" * 41}, "STRING_TOO_LONG"),
        ({"FirstName": {"a": 1}}, "JSON_PARSER_ERROR"),
    ]:
        answer = sandbox.proxy(path, "conn-1", "salesforce", method="PATCH", json=wrong)
        assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, code)
    answer = sandbox.proxy(path, "conn-1", "salesforce", method="PATCH", content=b"{")
    assert answer.json()[0]["errorCode"] == "JSON_PARSER_ERROR"


def test_smaller_pages_on_request(sandbox: Sandbox) -> None:
    answer = sandbox.proxy(
        "/services/data/v53.0/query",
        "conn-1",
        "salesforce",
        params={"q": "SELECT Id FROM Contact"},
        headers={"nango-proxy-sforce-query-options": "batchSize=500"},
    )
    assert len(answer.json()["records"]) == 500
    assert answer.json()["nextRecordsUrl"].endswith("-500")


def test_few_rows_and_none(new_sandbox: Callable[..., Sandbox]) -> None:
    sandbox = new_sandbox("--rows", "0")
    assert sandbox.soql(SEED).json() == {"totalSize": 0, "done": True, "records": []}
    assert sandbox.soql(SEED + " WHERE LastModifiedDate > 2026-01-01T00:00:00Z").json()["totalSize"] == 0
    one = new_sandbox("--rows", "1")
    assert len(one.every_record(SEED)) == 1
    assert one.soql(SEED, connection="conn-2").json()["totalSize"] == 1


def test_a_million_contacts_need_no_memory_of_their_own(new_sandbox: Callable[..., Sandbox]) -> None:
    sandbox = new_sandbox("--rows", "1000000")
    first = sandbox.soql(SEED).json()
    assert first["totalSize"] == 1_000_000
    locator = first["nextRecordsUrl"].rpartition("-")[0]
    seen = set()
    for start in range(2000, 1_000_000, 24_000):
        page = sandbox.proxy(f"{locator}-{start}", "conn-1", "salesforce").json()
        assert len(page["records"]) == 2000
        seen.update(record["Id"] for record in page["records"])
    assert len(seen) == 42 * 2000
    last = sandbox.proxy(f"{locator}-998000", "conn-1", "salesforce").json()
    assert (last["done"], len(last["records"])) == (True, 2000)
    recent = sandbox.every_record(f"{SEED} WHERE LastModifiedDate > 2026-06-30T00:00:00Z")
    assert 5_000 < len(recent) < 6_000
    dates = [record["LastModifiedDate"] for record in recent]
    assert dates == sorted(dates)
    assert recent[-1]["Id"] == last["records"][-1]["Id"]
    # Conditions that read every record work, too, and sorting all of them is refused as a real org would
    assert sandbox.soql("SELECT COUNT() FROM Contact WHERE FirstName = 'Zoë'").json()["totalSize"] > 10_000
    assert errors(sandbox, "SELECT Id FROM Contact ORDER BY Email")[:2] == (400, "QUERY_TIMEOUT")
    assert sandbox.resident() < 300 * 1024 * 1024

"""A Salesforce-like provider: SOQL queries in pages of 2,000, ``describe``, single records, error shapes.

Paths, for any version ``vNN.N``: ``/services/data``, ``/services/data/vNN.N/query?q=…`` (and ``queryAll``),
``/query/<locator>``, ``/sobjects``, ``/sobjects/<Object>``, ``/sobjects/<Object>/describe``,
``/sobjects/<Object>/<id>`` (GET, PATCH).
"""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from nangonb.sandbox import ProviderRequest, ProviderResponse, json_response
from nangonb.sandbox.providers.salesforce import sobjects
from nangonb.sandbox.providers.salesforce.selection import build_page, fields_of, select
from nangonb.sandbox.providers.salesforce.sobjects import BASE62, Field, Table
from nangonb.sandbox.providers.salesforce.soql import SoqlError, parse

__all__ = ["PAGE", "Org", "Salesforce"]

PAGE = 2_000
_CACHED_BYTES = 64 * 1024 * 1024
_CURSORS = 500
_PATH = re.compile(r"/services/data/(v\d{1,3}\.\d)(?:/(.*))?")
_LOCATOR = re.compile(r"(01g\w{15})-([0-9]{1,9})")
_LABELS = {"Contact": ("Contact", "Contacts"), "Account": ("Account", "Accounts")}


@dataclass(frozen=True)
class Org:
    """One Salesforce org: its host, the token that opens it, how many contacts it has."""

    host: str
    token: str
    contacts: int
    number: int


@dataclass(frozen=True)
class _Cursor:
    table: Table
    fields: tuple[Field, ...]
    rows: Sequence[int]
    edition: int


class _Failure(Exception):
    def __init__(self, status: int, code: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.response = json_response([{"message": message, "errorCode": code, **more}], status)


class Salesforce:
    """The provider behind all demo orgs; a request's host says which."""

    def __init__(self, orgs: Sequence[Org]) -> None:
        self._orgs = {org.host: org for org in orgs}
        self._tables: dict[str, dict[str, Table]] = {}
        self._cursors: OrderedDict[str, _Cursor] = OrderedDict()
        self._pages: OrderedDict[tuple[str, str, int, int], bytes] = OrderedDict()
        self._cached = 0
        self._edition = 0  # how many records were changed
        for org in orgs:
            accounts = max(1, -(-org.contacts // 20))
            self._tables[org.host] = {
                "Contact": sobjects.contacts(org.contacts, org=org.number, accounts=accounts),
                "Account": sobjects.accounts(accounts, org=org.number),
            }

    @property
    def hosts(self) -> Sequence[str]:
        """The hosts of the orgs."""
        return tuple(self._orgs)

    def tables(self, host: str) -> Mapping[str, Table]:
        """The objects of the org at this host, by name."""
        return self._tables[host]

    def __call__(self, request: ProviderRequest) -> ProviderResponse:
        """Answer one request."""
        try:
            return self._answer(request)
        except _Failure as failure:
            return failure.response
        except SoqlError as error:
            return _Failure(400, error.code, error.message).response

    def _answer(self, request: ProviderRequest) -> ProviderResponse:
        org = self._orgs[request.host]
        if request.path.rstrip("/") == "/services/data":
            versions = [(f"{n}.0", f"/services/data/v{n}.0") for n in range(50, 67)]
            return json_response(
                [{"label": "Demo", "url": url, "version": version} for version, url in versions]
            )
        if request.token != org.token:
            raise _Failure(401, "INVALID_SESSION_ID", "Session expired or invalid")
        match = _PATH.fullmatch(request.path.rstrip("/"))
        if match is None:
            raise _Failure(404, "NOT_FOUND", "The requested resource does not exist")
        version, rest = match[1], [unquote(part) for part in (match[2] or "").split("/")]
        match rest:
            case ["query" | "queryAll"]:
                _allow(request, "GET")
                return self._query(request, org, version)
            case ["query" | "queryAll", locator]:
                _allow(request, "GET")
                return self._more(request, version, locator)
            case ["sobjects"]:
                _allow(request, "GET")
                return self._list(org, version)
            case ["sobjects", name]:
                _allow(request, "GET")
                about = _about(self._table(org, name), version)
                return json_response({"objectDescribe": about, "recentItems": []})
            case ["sobjects", name, "describe"]:
                _allow(request, "GET")
                return json_response(_describe(self._table(org, name), version))
            case ["sobjects", name, record_id]:
                _allow(request, "GET", "PATCH")
                return self._record(request, self._table(org, name), record_id, version)
        raise _Failure(404, "NOT_FOUND", "The requested resource does not exist")

    def _table(self, org: Org, name: str) -> Table:
        for table in self._tables[org.host].values():
            if table.name.lower() == name.lower():
                return table
        raise _Failure(404, "NOT_FOUND", "The requested resource does not exist")

    # Queries

    def _query(self, request: ProviderRequest, org: Org, version: str) -> ProviderResponse:
        text = request.params.get("q", "").strip()
        if not text:
            raise _Failure(400, "MALFORMED_QUERY", "A query string has to be specified")
        query = parse(text)
        table = next(
            (t for t in self._tables[org.host].values() if t.name.lower() == query.sobject.lower()), None
        )
        if table is None:
            raise SoqlError(
                "INVALID_TYPE",
                f"\n{text}\nsObject type '{query.sobject}' is not supported. If you are attempting to "
                "use a custom object, be sure to append the '__c' after the entity name. Please reference "
                "your WSDL or the describe call for the appropriate names.",
            )
        if query.count:
            return json_response({"totalSize": len(select(query, table)), "done": True, "records": []})
        locator = _locator(org.host, text)
        cursor = self._cursors.get(locator)
        if cursor is None or cursor.edition != self._edition:
            cursor = _Cursor(table, tuple(fields_of(query, table)), select(query, table), self._edition)
            self._cursors[locator] = cursor
            if len(self._cursors) > _CURSORS:
                self._cursors.popitem(last=False)
        self._cursors.move_to_end(locator)
        return self._page(request, version, locator, cursor, 0)

    def _more(self, request: ProviderRequest, version: str, locator: str) -> ProviderResponse:
        match = _LOCATOR.fullmatch(locator)
        cursor = self._cursors.get(match[1]) if match else None
        if (
            match is None
            or cursor is None
            or self._tables[request.host].get(cursor.table.name) is not cursor.table
        ):
            raise _Failure(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
        self._cursors.move_to_end(match[1])
        return self._page(request, version, match[1], cursor, int(match[2]))

    def _page(
        self, request: ProviderRequest, version: str, locator: str, cursor: _Cursor, start: int
    ) -> ProviderResponse:
        batch = re.search(r"batchSize=(\d+)", request.headers.get("sforce-query-options", ""))
        size = min(max(int(batch[1]), 200), PAGE) if batch else PAGE
        key = (version, locator, start, size)
        body = self._pages.get(key)
        if body is None:
            total, end = len(cursor.rows), start + size
            records = build_page(cursor.table, cursor.fields, cursor.rows[start:end], version=version)
            done = end >= total
            more = "" if done else f',"nextRecordsUrl":"/services/data/{version}/query/{locator}-{end}"'
            head = f'{{"totalSize":{total},"done":{"true" if done else "false"}{more},"records":['
            body = b"".join((head.encode(), records, b"]}"))
            self._keep(key, body)
        else:
            self._pages.move_to_end(key)
        return ProviderResponse(200, body, _HEADERS)

    def _keep(self, key: tuple[str, str, int, int], body: bytes) -> None:
        self._pages[key] = body
        self._cached += len(body)
        while self._cached > _CACHED_BYTES:
            _, dropped = self._pages.popitem(last=False)
            self._cached -= len(dropped)

    # Objects and records

    def _list(self, org: Org, version: str) -> ProviderResponse:
        listed = [_about(table, version) for table in self._tables[org.host].values()]
        return json_response({"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": listed})

    def _record(
        self, request: ProviderRequest, table: Table, record_id: str, version: str
    ) -> ProviderResponse:
        row = table.row(record_id)
        if row is None:
            raise _Failure(404, "NOT_FOUND", "The requested resource does not exist")
        if request.method == "PATCH":
            table.edit(row, _changes(request, table))
            self._edition += 1
            self._pages.clear()
            self._cached = 0
            return ProviderResponse(204)
        fields = list(table.fields.values())
        names = [name.strip() for name in request.params.get("fields", "").split(",") if name.strip()]
        if names:
            unknown = [name for name in names if table.field(name) is None]
            if unknown:
                raise _Failure(
                    400, "INVALID_FIELD", f"No such column '{unknown[0]}' on sobject of type {table.name}"
                )
            lowered = {name.lower() for name in names} | {"id"}
            fields = [field for field in fields if field.name.lower() in lowered]
        return ProviderResponse(200, build_page(table, fields, [row], version=version), _HEADERS)


_HEADERS = (("content-type", "application/json;charset=UTF-8"), ("sforce-limit-info", "api-usage=17/15000"))


def _allow(request: ProviderRequest, *methods: str) -> None:
    if request.method not in (*methods, "HEAD"):
        allowed = ",".join(("HEAD", *methods))
        raise _Failure(
            405, "METHOD_NOT_ALLOWED", f"HTTP Method '{request.method}' not allowed. Allowed are {allowed}"
        )


def _locator(host: str, text: str) -> str:
    number = int.from_bytes(hashlib.blake2b(f"{host}\n{text}".encode(), digest_size=8).digest(), "big")
    letters = ""
    for _ in range(10):
        number, digit = divmod(number, 62)
        letters += BASE62[digit]
    short = f"01gDm{letters}"
    return short + sobjects.suffix(short)


def _about(table: Table, version: str) -> dict[str, Any]:
    label, plural = _LABELS[table.name]
    base = f"/services/data/{version}/sobjects/{table.name}"
    return {
        "name": table.name,
        "label": label,
        "labelPlural": plural,
        "keyPrefix": table.stem[:3],
        "custom": False,
        "queryable": True,
        "createable": False,
        "updateable": True,
        "deletable": False,
        "urls": {"sobject": base, "describe": f"{base}/describe", "rowTemplate": f"{base}/{{ID}}"},
    }


def _describe(table: Table, version: str) -> dict[str, Any]:
    fields = [
        {
            "name": field.name,
            "label": field.label,
            "type": field.type,
            "length": field.length,
            "nillable": field.nillable,
            "updateable": field.updateable,
            "createable": False,
            "custom": False,
            "filterable": True,
            "sortable": True,
            "relationshipName": field.relationship,
            "referenceTo": [field.refers_to] if field.refers_to else [],
            "picklistValues": [],
        }
        for field in table.fields.values()
    ]
    children: list[Mapping[str, Any]] = []
    if table.name == "Account":
        children.append({"childSObject": "Contact", "field": "AccountId", "relationshipName": "Contacts"})
    return {**_about(table, version), "fields": fields, "childRelationships": children}


def _changes(request: ProviderRequest, table: Table) -> dict[str, Any]:
    try:
        body = request.json()
    except ValueError as error:
        raise _Failure(400, "JSON_PARSER_ERROR", f"Unexpected input: {error}") from None
    if not isinstance(body, dict):
        raise _Failure(400, "JSON_PARSER_ERROR", "The body must be one JSON object")
    changes: dict[str, Any] = {}
    for name, value in body.items():
        field = table.field(name)
        if field is None:
            raise _Failure(400, "INVALID_FIELD", f"No such column '{name}' on sobject of type {table.name}")
        if not field.updateable:
            raise _Failure(
                400,
                "INVALID_FIELD_FOR_INSERT_UPDATE",
                f"Unable to create/update fields: {field.name}. Please check the security settings of "
                "this field and verify that it is read/write for your profile or permission set.",
                fields=[field.name],
            )
        if value is None and not field.nillable:
            raise _Failure(
                400,
                "REQUIRED_FIELD_MISSING",
                f"Required fields are missing: [{field.name}]",
                fields=[field.name],
            )
        if isinstance(value, dict | list):
            raise _Failure(
                400, "JSON_PARSER_ERROR", f"Cannot deserialize the value of {field.name} from JSON"
            )
        if isinstance(value, str) and field.length and len(value) > field.length:
            raise _Failure(
                400,
                "STRING_TOO_LONG",
                f"{field.label}: data value too large: {value[:20]}… (max length={field.length})",
                fields=[field.name],
            )
        changes[field.name] = value
    return changes

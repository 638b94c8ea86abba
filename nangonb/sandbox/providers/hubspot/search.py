"""HubSpot's search: groups of filters of which one must hold, a text, an order, and pages by offset."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from nangonb.sandbox.providers.hubspot.crm import DEFAULTS, PROPERTIES

__all__ = ["SearchError", "search"]

_MOST = 10_000  # results that a search leads to


class SearchError(Exception):
    """A search that HubSpot refuses."""


def search(
    body: Mapping[str, Any], objects: Sequence[Mapping[str, Any]], kind: str
) -> tuple[list[dict[str, Any]], int, str]:
    """The page of objects, how many there are in all, and ``after`` of the next page or an empty text.

    Raises: SearchError.
    """
    limit, after = _whole(body.get("limit"), 10, "limit"), _whole(body.get("after"), 0, "after")
    if not 1 <= limit <= 200:
        raise SearchError("limit must be between 1 and 200")
    if after + limit > _MOST:
        raise SearchError(f"Paging through results beyond {_MOST} is not supported")
    tests = _groups(body.get("filterGroups"), kind)
    words = str(body.get("query") or "").lower().split()
    matching = [
        one
        for one in objects
        if (not tests or any(all(test(one["properties"]) for test in group) for group in tests))
        and all(any(word in str(value).lower() for value in one["properties"].values()) for word in words)
    ]
    for name, down in reversed(_order(_list(body, "sorts"), kind)):
        matching.sort(key=lambda one: _comparable(one["properties"].get(name)), reverse=down)
    names = {"createdate", "hs_object_id", *map(str, _list(body, "properties") or DEFAULTS[kind])}
    names.add("lastmodifieddate" if kind == "contacts" else "hs_lastmodifieddate")
    page = [
        {**one, "properties": {n: one["properties"].get(n) for n in sorted(names) if n in PROPERTIES[kind]}}
        for one in matching[after : after + limit]
    ]
    more = after + limit < len(matching)
    return page, len(matching), str(after + limit) if more else ""


def _groups(groups: Any, kind: str) -> list[list[Callable[[Mapping[str, Any]], bool]]]:
    if groups is None:
        return []
    if not isinstance(groups, list) or len(groups) > 5:
        raise SearchError("filterGroups must be a list of at most 5")
    parsed = []
    for group in groups:
        filters = group.get("filters") if isinstance(group, dict) else None
        if not isinstance(filters, list) or not 1 <= len(filters) <= 6:
            raise SearchError("filters must be a list of 1 to 6")
        parsed.append([_test(one, kind) for one in filters])
    return parsed


def _test(given: Any, kind: str) -> Callable[[Mapping[str, Any]], bool]:
    name = given.get("propertyName") if isinstance(given, dict) else None
    if name not in PROPERTIES[kind]:
        raise SearchError(f"There was a problem with the request: the property {name!r} does not exist")
    op, value = given.get("operator"), given.get("value")
    values = [str(one).lower() for one in _list(given, "values")]
    if op in ("IN", "NOT_IN"):
        if not values:
            raise SearchError(f"{op} needs values")
        return lambda own: own.get(name) is not None and (str(own[name]).lower() in values) is (op == "IN")
    if op == "HAS_PROPERTY":
        return lambda own: own.get(name) is not None
    if op == "NOT_HAS_PROPERTY":
        return lambda own: own.get(name) is None
    if value is None:
        raise SearchError(f"{op} needs a value")
    text = str(value).lower()
    if op in ("CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN"):
        pattern = re.compile(".*" + ".*".join(map(re.escape, text.split("*"))) + ".*", re.DOTALL)
        contains = op == "CONTAINS_TOKEN"
        return lambda own: bool(pattern.fullmatch(str(own.get(name) or "").lower())) is contains
    if op in ("EQ", "NEQ"):
        return lambda own: own.get(name) is not None and (str(own[name]).lower() == text) is (op == "EQ")
    bound = _comparable(value)
    holds: dict[str, Callable[[Any], bool]] = {
        "LT": lambda actual: actual < bound,
        "LTE": lambda actual: actual <= bound,
        "GT": lambda actual: actual > bound,
        "GTE": lambda actual: actual >= bound,
        "BETWEEN": lambda actual: bound <= actual <= _comparable(given.get("highValue")),
    }
    if op not in holds:
        raise SearchError(f"Invalid input JSON: {op!r} is not an operator")
    return lambda own: own.get(name) is not None and holds[op](_comparable(own[name]))


def _comparable(value: Any) -> tuple[int, float, str]:
    """Numbers before texts; a date is the number of its milliseconds, as HubSpot takes both."""
    text = "" if value is None else str(value)
    if re.fullmatch(r"-?\d{1,18}(\.\d{1,18})?", text):
        return 0, float(text), ""
    if re.match(r"\d{4}-\d\d-\d\d", text):
        try:
            moment = datetime.fromisoformat(text if "T" in text else f"{text}T00:00:00+00:00")
            return 0, moment.timestamp() * 1_000, ""
        except ValueError:
            pass
    return 1, 0.0, text.lower()


def _order(sorts: list[Any], kind: str) -> list[tuple[str, bool]]:
    orders = []
    for one in sorts:
        name = one.get("propertyName") if isinstance(one, dict) else one
        down = isinstance(one, dict) and one.get("direction") == "DESCENDING"
        if isinstance(name, str) and name.startswith("-"):
            name, down = name[1:], True
        if name not in PROPERTIES[kind]:
            raise SearchError(f"There was a problem with the request: cannot sort by {name!r}")
        orders.append((str(name), down))
    return orders


def _list(given: Mapping[str, Any], name: str) -> list[Any]:
    items = given.get(name) or []
    if not isinstance(items, list):
        raise SearchError(f"Invalid input JSON: {name} must be a list")
    return items


def _whole(value: Any, default: int, name: str) -> int:
    if value is None or value == "":
        return default
    if isinstance(value, bool) or not re.fullmatch(r"[0-9]{1,9}", str(value)):
        raise SearchError(f"Invalid integer for {name}")
    return int(value)

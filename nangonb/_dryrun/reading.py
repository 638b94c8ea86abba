"""Whether a request only reads at the provider, though its method is POST.

Strict: what is not known to read writes. Some requests name what they do in their body (GraphQL, composite
requests): these are read, and one that writes is a write whatever else is known of its endpoint.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import orjson

from nangonb._project import reads as declared_reads
from nangonb._trace import READING_METHODS

#: Provider, or the first word of several (``salesforce-sandbox``) → POSTs that read, as whole paths.
_KNOWN: Final[dict[str, tuple[str, ...]]] = {
    "airtable": (r"/v0/[^/]+/[^/]+/listRecords",),
    "algolia": (r"/1/indexes/[^/]+/(query|queries|browse|facets/[^/]+/query)", r"/1/indexes/\*/objects"),
    "ashby": (r"/\w+\.(list|info|search)",),
    "attio": (r"/v2/(objects/[^/]+/records|lists/[^/]+/entries)/query",),
    "bamboohr": (r"(/.+)?/v1/reports/custom",),
    "dropbox": (
        r"/2/files/(list_folder(/continue|/get_latest_cursor)?|get_metadata|search_v2|search/continue_v2)",
        r"/2/users/(get_account|get_current_account)",
        r"/2/team/members/list(/continue)?(_v2)?",
    ),
    "gong": (r"/v2/(calls|users)/extensive", r"/v2/calls/transcript"),
    "google": (
        r"/v\d+/customers/\d+/googleAds:search(Stream)?",
        r"/v1beta/properties/\d+:(run|batchRun)(Realtime|Pivot)?Reports?",
        r"/webmasters/v3/sites/[^/]+/searchAnalytics/query",
        r"/calendar/v3/freeBusy",
    ),
    "hubspot": (
        r"/(crm|cms|marketing|communication-preferences)/.+/batch/read",
        r"/crm/.+/search",
    ),
    "intercom": (r"/(contacts|conversations|tickets)/search", r"/companies/list"),
    "jira": (r"(/.+)?/rest/api/\d+/(search|search/jql|search/approximate-count|issue/bulkfetch)",),
    "microsoft": (r"/(v1\.0|beta)/search/query", r"/(v1\.0|beta)/(me|users/[^/]+)/calendar/getSchedule"),
    "netsuite": (r"(/.+)?/query/v1/suiteql",),
    "notion": (r"/v1/(databases|data_sources)/[^/]+/query", r"/v1/search"),
    "plaid": (r"/(accounts|institutions|item|transactions|identity)(/balance)?/get", r"/transactions/sync"),
    "salesforce": (r"/services/data/v[\d.]+/parameterizedSearch",),
    "slack": (r"(/api)?/\w+(\.\w+)*\.(list|info|history|replies|members)",),
    "zoho": (r"/crm/v[\d.]+/coql",),
}
#: Whoever answers: Elasticsearch and its like, and FHIR.
_SEARCH: Final = re.compile(r"(/.+)?/(_search(/scroll)?|_msearch|_mget|_count|_field_caps)")
_GRAPHQL: Final = re.compile(r"(/.+)?/(graphql|gql)(\.json)?(/.+)?")
_GRAPHQL_OF: Final = {"monday": re.compile(r"/v2")}
_ODATA_BATCH: Final = re.compile(r"(/.+)?/\$batch")
_COMPOSITE: Final = re.compile(r"/services/data/v[\d.]+(/tooling)?/composite(/batch|/graph|/sobjects/\w+)?")
#: Where a request says that it is of another method than it looks.
_OVERRIDES: Final = frozenset({"x-http-method-override", "x-http-method", "x-method-override"})
_OVERRIDE_PARAMETERS: Final = frozenset({"_method", "_httpmethod", *_OVERRIDES})
_LONGEST_QUERY: Final = 200_000


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, as far as it tells what it does. ``provider`` is empty where another host is asked."""

    method: str
    url: str
    provider: str = ""
    params: Mapping[str, Any] | str | None = None
    headers: Mapping[str, Any] | None = None
    data: Any = None


def only_reads(asked: Asked, declared: Iterable[str] = ()) -> bool:
    """Whether it changes nothing; ``declared`` are paths that the script says it only reads from."""
    query = list(_query(asked))
    overrides = [str(value).upper() for name, value in _overrides(asked, query)]
    if any(method not in READING_METHODS for method in overrides):
        return False
    if asked.method in READING_METHODS:
        return True
    path = _path(asked.url)
    if asked.method != "POST" or path is None:
        return False
    body = _Body(asked.headers, asked.data)
    for judge in (_graphql, _composite, _batch):
        verdict = judge(asked, path, body, query)
        if verdict is not None:
            return verdict
    if overrides:  # who does not know the header takes it for the POST that it is
        return declared_reads.matches(declared, path)
    return (
        _SEARCH.fullmatch(urlsplit(path).path) is not None
        or any(re.fullmatch(known, path) for known in _paths_of(asked.provider))
        or declared_reads.matches(declared, path)
    )


def _paths_of(provider: str) -> tuple[str, ...]:
    return next((paths for family, paths in _KNOWN.items() if _is_of(provider, family)), ())


def _is_of(provider: str, family: str) -> bool:
    return provider == family or provider.startswith(f"{family}-")


def _path(url: str) -> str | None:
    """The path of a request to the provider, or the whole URL without query; None where it may lead
    somewhere else than it looks."""
    path = url.partition("#")[0].partition("?")[0].rstrip("/")
    try:
        parts = urlsplit(path)
    except ValueError:
        return None
    strange = "\\" in path or re.search(r"%2f|%5c|%2e", path, re.IGNORECASE) is not None
    if strange or "//" in parts.path or {".", ".."} & set(parts.path.split("/")):
        return None
    return path if parts.scheme else f"/{path.lstrip('/')}"


def _query(asked: Asked) -> Iterator[tuple[str, Any]]:
    yield from parse_qsl(asked.url.partition("#")[0].partition("?")[2], keep_blank_values=True)
    if isinstance(asked.params, str):
        yield from parse_qsl(asked.params.lstrip("?"), keep_blank_values=True)
    elif asked.params is not None:
        yield from ((str(name), value) for name, value in asked.params.items())


def _overrides(asked: Asked, query: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    yield from (each for each in (asked.headers or {}).items() if str(each[0]).lower() in _OVERRIDES)
    sent = asked.data
    if isinstance(sent, (bytes, bytearray)):
        sent = sent.decode("utf-8", "replace")
    if isinstance(sent, str):
        form: Iterable[tuple[Any, Any]] = parse_qsl(sent, keep_blank_values=True)
    else:
        form = sent.items() if isinstance(sent, Mapping) else ()
    for name, value in (*query, *form):
        if str(name).lower() in _OVERRIDE_PARAMETERS:
            yield str(name), value


class _Body:
    """``json`` is what the body says as JSON, ``graphql`` its text where it is a GraphQL document itself."""

    def __init__(self, headers: Mapping[str, Any] | None, data: Any) -> None:
        kinds = (str(value) for name, value in (headers or {}).items() if str(name).lower() == "content-type")
        kind = next(kinds, "").lower()
        text = data.decode("utf-8", "replace") if isinstance(data, (bytes, bytearray)) else data
        self.graphql = text if "graphql" in kind and isinstance(text, str) else None
        self.json: Any = None
        if self.graphql is None and (not kind or "json" in kind):
            self.json = _decoded(text) if isinstance(text, str) else text


def _decoded(text: str) -> Any:
    """JSON; None for anything else, and where a key stands twice in it: readers differ in which they take."""
    import json

    try:
        orjson.loads(text)  # refuses what is too deep for json
        return json.loads(text, object_pairs_hook=_without_twins)
    except (ValueError, RecursionError):
        return None


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    unique = dict(pairs)
    if len(unique) != len(pairs):
        raise ValueError("a key stands twice")
    return unique


Query = list[tuple[str, Any]]


def _graphql(asked: Asked, path: str, body: _Body, query: Query) -> bool | None:
    """True for queries alone, False where anything else is in the documents, None where there is none."""
    own = any(_is_of(asked.provider, name) and each.fullmatch(path) for name, each in _GRAPHQL_OF.items())
    expected = own or _GRAPHQL.fullmatch(urlsplit(path).path) is not None
    parts = body.json if isinstance(body.json, list) else [body.json]
    texts = [part.get("query") if isinstance(part, Mapping) else None for part in parts]
    texts = [body.graphql] if body.graphql is not None else texts
    texts += [value for name, value in query if name == "query"]  # which some servers prefer to the body
    kinds = [_operations(text) if isinstance(text, str) else None for text in texts]
    if any(kind is not None and kind != {"query"} for kind in kinds):
        return False
    return True if expected and kinds and None not in kinds else None


@lru_cache(maxsize=256)
def _operations(text: str) -> frozenset[str] | None:
    """Which operations a GraphQL document has; None where it is none, or one of definitions."""
    from graphql import FragmentDefinitionNode, GraphQLSyntaxError, OperationDefinitionNode, parse

    if len(text) > _LONGEST_QUERY:
        return None
    try:
        definitions = parse(text, no_location=True).definitions
    except (GraphQLSyntaxError, RecursionError):
        return None
    operations = {each.operation.value for each in definitions if isinstance(each, OperationDefinitionNode)}
    if not all(isinstance(each, (FragmentDefinitionNode, OperationDefinitionNode)) for each in definitions):
        return None
    return frozenset(operations) or None


def _composite(asked: Asked, path: str, body: _Body, query: Query) -> bool | None:
    """Salesforce: whether each part is a GET; ``composite/sobjects/Contact`` reads the ids that it names."""
    match = _COMPOSITE.fullmatch(path) if _is_of(asked.provider, "salesforce") else None
    if match is None or not isinstance(body.json, Mapping):
        return None
    if (match[2] or "").startswith("/sobjects/"):
        return {"ids", "fields"} == body.json.keys() or None
    graphs = body.json.get("graphs")
    holders = graphs if match[2] == "/graph" else [body.json]
    name = "batchRequests" if match[2] == "/batch" else "compositeRequest"
    if not isinstance(holders, list) or not all(isinstance(each, Mapping) for each in holders):
        return None
    return _all_read([each.get(name) for each in holders])


def _batch(asked: Asked, path: str, body: _Body, query: Query) -> bool | None:
    """OData, as Microsoft Graph has it: ``$batch`` with requests in JSON."""
    if _ODATA_BATCH.fullmatch(urlsplit(path).path) is None or not isinstance(body.json, Mapping):
        return None
    return _all_read([body.json.get("requests")])


def _all_read(lists: list[Any]) -> bool | None:
    """Whether every part of every list reads; None where there is none, or one cannot be read."""
    if not lists or not all(isinstance(parts, list) and parts for parts in lists):
        return None
    parts = [part for each in lists for part in each]
    if not all(isinstance(part, Mapping) and isinstance(part.get("method"), str) for part in parts):
        return None
    return all(
        only_reads(Asked(part["method"].upper(), str(part.get("url", "")), headers=_headers(part)))
        and part["method"].upper() in READING_METHODS
        for part in parts
    )


def _headers(part: Mapping[str, Any]) -> Mapping[str, Any] | None:
    headers = part.get("headers") or part.get("httpHeaders")
    return headers if isinstance(headers, Mapping) else None

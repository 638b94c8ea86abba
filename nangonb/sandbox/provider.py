"""What a provider of the sandbox is: one object with its API, its connections and what is deployed for it.

A module in :mod:`nangonb.sandbox.providers`, a file named with ``--provider`` and an entry point of the
group ``nangonb.providers`` each give one as ``provider``: a :class:`Provider`, or a function that takes the
number of ``--rows`` and returns one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final, TypeAlias
from urllib.parse import urlsplit

from nangonb.sandbox.facts import Facts, published
from nangonb.sandbox.failures import ScriptFailed
from nangonb.sandbox.seeding import Source, list_source
from nangonb.sandbox.store.environment import Connection, Integration
from nangonb.sandbox.wire import Api

__all__ = [
    "Call", "DemoAction", "DemoSync", "Provider", "ProviderError", "api_key", "end_user", "oauth2", "text_of",
]  # fmt: skip

Call: TypeAlias = Callable[..., Any]
"""``call(method, path, body=None)``: what the provider answers to a connection, decoded.

Raises ScriptFailed where the provider refuses.
"""

_TYPES: Final[Mapping[str, Any]] = {
    "text": {"type": "string"},
    "text?": {"type": ["string", "null"]},
    "number": {"type": "number"},
    "number?": {"type": ["number", "null"]},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date-time"},
    "object": {"type": "object"},
    "array": {"type": "array"},
}


class ProviderError(ValueError):
    """A provider that the sandbox cannot use. The text says what is wrong and how to fix it."""


def oauth2(token: str, *, refresh: bool = False, expires: str = "2030-01-01T00:00:00.000Z") -> dict[str, Any]:
    """The credentials of an OAuth 2 connection. With ``refresh`` they have a refresh token and expire."""
    raw: dict[str, Any] = {"access_token": token, "token_type": "Bearer"}
    credentials: dict[str, Any] = {"type": "OAUTH2", "access_token": token}
    if refresh:
        raw["refresh_token"] = credentials["refresh_token"] = f"fake-refresh-of-{token[:10]}"
        credentials["expires_at"] = expires
    return {**credentials, "raw": raw}


def api_key(key: str) -> dict[str, Any]:
    """The credentials of a connection with an API key: ``${apiKey}`` in the provider's ``headers``."""
    return {"type": "API_KEY", "apiKey": key}


def end_user(id: str, email: str, name: str, organization: tuple[str, str] | None = None) -> dict[str, Any]:
    """The end user of a connection; ``organization`` is its id and name."""
    return {
        "id": id,
        "email": email,
        "display_name": name,
        "tags": {},
        "organization": organization and {"id": organization[0], "display_name": organization[1]},
    }


def text_of(input: Any, name: str) -> str:
    """The text of this name in an action's input.

    Raises: ScriptFailed, which scripts get as an ActionError, where there is none.
    """
    value = input.get(name) if isinstance(input, dict) else None
    if isinstance(value, str) and value:
        return value
    payload = {"message": f"The input must have {name}, a string"}
    raise ScriptFailed("action_script_runtime_error", payload=payload)


@dataclass(frozen=True)
class DemoSync:
    """A sync that is deployed for the provider, and what it has stored.

    ``records``: by connection id (or ``id::variant``), a list of records with ids, or a :class:`Source`. The
    sync is deployed to the integrations of these connections. ``fields`` are the types of the model's fields
    (``text``, ``text?``, ``number``, ``number?``, ``boolean``, ``date``, ``object``, ``array``), without
    ``id``; by default those of the first record. ``error``: each run fails with this message. ``paused``:
    connections whose sync is paused.
    """

    name: str
    model: str
    records: Mapping[str, Source | Sequence[Mapping[str, Any]]]
    runs: str = "every hour"
    description: str = ""
    endpoint: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    incremental: bool = False
    error: str = ""
    paused: Collection[str] = ()

    @cached_property
    def sources(self) -> dict[str, Source]:
        """What the records of each connection and variant are made of."""
        return {
            place: records if isinstance(records, Source) else _source(records)
            for place, records in self.records.items()
        }

    @property
    def schema(self) -> Mapping[str, Any]:
        """The JSON Schema of the model."""
        types = self.fields or next(
            (
                _fields_of(records[0])
                for records in self.records.values()
                if not isinstance(records, Source) and records
            ),
            {},
        )
        properties = {"id": _TYPES["text"], **{name: _TYPES[kind] for name, kind in types.items()}}
        model = {
            "type": "object",
            "properties": properties,
            "required": list(properties),
            "additionalProperties": False,
        }
        return {"$schema": "http://json-schema.org/draft-07/schema#", "definitions": {self.model: model}}


@dataclass(frozen=True)
class DemoAction:
    """An action that is deployed for all integrations of the provider.

    ``run(call, input)`` gives the output; ``call`` asks the provider's API, see :data:`Call`.
    """

    name: str
    run: Callable[[Call, Any], Any]
    input: str | None = None
    output: str | None = None
    description: str = ""
    endpoint: str = ""
    json_schema: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Provider:
    """A provider of the sandbox.

    ``api`` answers requests, without blocking. A provider that Nango does not have needs a ``base_url``;
    ``auth_mode``, ``paginate``, ``retry`` and ``headers`` are what Nango's catalog says of a provider.
    Without ``integrations``, there is one with the provider's name; a connection without
    ``provider_config_key`` belongs to the first. ``scopes`` are those of the integrations and syncs.
    """

    name: str
    api: Api
    connections: Sequence[Connection] = ()
    integrations: Sequence[Integration] = ()
    syncs: Sequence[DemoSync] = ()
    actions: Sequence[DemoAction] = ()
    base_url: str = ""
    display_name: str = ""
    auth_mode: str = ""
    paginate: Mapping[str, Any] | None = None
    retry: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    scopes: Sequence[str] = ()

    def __post_init__(self) -> None:
        """Complete what has defaults. Raises: ProviderError."""
        for problem in self._wrong_types():
            raise ProviderError(problem)
        integrations = tuple(self.integrations) or (Integration(self.name),)
        complete = object.__setattr__
        complete(self, "integrations", tuple(self._complete(each) for each in integrations))
        first = integrations[0].unique_key
        complete(
            self,
            "connections",
            tuple(
                replace(
                    each,
                    provider_config_key=each.provider_config_key or first,
                    updated_at=each.updated_at or each.created_at,
                    tags=each.tags or _tags(each.end_user),
                    origin=f"{self.name}/{each.provider_config_key or first}/{each.connection_id}",
                )
                for each in self.connections
            ),
        )
        for problem in self._problems():
            raise ProviderError(problem)

    @property
    def facts(self) -> Facts:
        """What ``GET /providers/{name}`` says."""
        own: dict[str, Any] = {
            "display_name": self.display_name,
            "auth_mode": self.auth_mode,
            "base_url": self.base_url,
            "paginate": self.paginate,
            "retry": self.retry,
            "headers": self.headers,
        }
        return replace(
            published().get(self.name)
            or Facts(self.name, self.name.capitalize(), "OAUTH2", "", sign_in={"categories": ["dev-tools"]}),
            **{name: value for name, value in own.items() if value},
        )

    @property
    def hosts(self) -> set[str]:
        """The hosts that ``api`` answers for: those of the base URLs of the connections."""
        configs = [each.connection_config for each in self.connections] or [{}]
        return {urlsplit(self.facts.url(config)).netloc for config in configs}

    def _complete(self, integration: Integration) -> Integration:
        key, mode = integration.unique_key, self.facts.auth_mode
        app = {
            "type": mode,
            "client_id": f"fake-client-id-of-{key}",
            "client_secret": f"fake-client-secret-of-{key}",
            "scopes": ",".join(self.scopes) or None,
            "webhook_secret": None,
        }
        return replace(
            integration,
            provider=self.name,
            display_name=integration.display_name or self.facts.display_name,
            updated_at=integration.updated_at or integration.created_at,
            credentials=integration.credentials or (app if mode == "OAUTH2" else None),
            origin=f"{self.name}/{key}",
        )

    def _wrong_types(self) -> Iterator[str]:
        if not self.name:
            yield "The provider has no name. Add name='acme'."
        api: object = self.api
        if not callable(api):
            given = type(api).__name__
            yield f"api is of type {given}. Pass a function that takes a ProviderRequest."
        kinds = {
            "connections": Connection,
            "integrations": Integration,
            "syncs": DemoSync,
            "actions": DemoAction,
        }
        for name, kind in kinds.items():
            for place, value in enumerate(getattr(self, name)):
                if not isinstance(value, kind):
                    given = type(value).__name__
                    yield f"{name}[{place}] is of type {given}. Write {kind.__name__}(…)."

    def _problems(self) -> Iterator[str]:
        """What is wrong, each with how to fix it."""
        if not self.facts.base_url:
            yield f"Nango has no provider {self.name!r}, so it needs a base URL. Add base_url='https://api.{self.name}.example'."
        keys = [each.unique_key for each in self.integrations]
        for key in (each.provider_config_key for each in self.connections):
            if key not in keys:
                yield (
                    f"A connection names the unknown integration {key!r}. "
                    f"The integrations are: {', '.join(keys)}."
                )
        places = [(each.provider_config_key, each.connection_id) for each in self.connections]
        for key, connection_id in places:
            if places.count((key, connection_id)) > 1:
                yield f"Two connections of {key} have the id {connection_id!r}. Rename one."
        for each in self.connections:
            url = self.facts.url(each.connection_config)
            if "${" in url or not urlsplit(url).netloc:
                yield (
                    f"The base URL of the connection {each.connection_id} is {url!r}. "
                    "Add the missing values to connection_config."
                )
        ids = [each.connection_id for each in self.connections]
        for sync in self.syncs:
            yield from _problems_of(sync, ids)


def _problems_of(sync: DemoSync, ids: Sequence[str]) -> Iterator[str]:
    for place, records in sync.records.items():
        if place.partition("::")[0] not in ids:
            yield (
                f"The sync {sync.name} has records for the unknown connection {place!r}. "
                f"The connections are: {', '.join(ids)}."
            )
        if isinstance(records, Source):
            continue
        each: Sequence[object] = records
        for number, record in enumerate(each):
            if not isinstance(record, Mapping) or "id" not in record:
                yield f"Record {number} of the sync {sync.name} has no id. Write a dict with an id."
    for name, kind in sync.fields.items():
        if kind not in _TYPES:
            known = ", ".join(_TYPES)
            yield f"The field {name} of the sync {sync.name} has the type {kind!r}. Use one of: {known}."


def _source(records: Sequence[Mapping[str, Any]]) -> Source:
    rows = [{**record, "id": str(record["id"])} for record in records]
    first = rows[0] if rows else {}
    texts = [name for name, value in first.items() if isinstance(value, str) and name != "id"]
    return list_source(lambda: rows, len(rows), texts[0] if texts else "")


def _fields_of(record: Mapping[str, Any]) -> dict[str, str]:
    kinds = {bool: "boolean", str: "text", int: "number", float: "number", dict: "object", list: "array"}
    return {name: kinds.get(type(value), "text?") for name, value in record.items() if name != "id"}


def _tags(user: Mapping[str, Any] | None) -> dict[str, str]:
    if user is None:
        return {}
    tags = {
        "end_user_id": user["id"],
        "end_user_email": user["email"],
        "end_user_display_name": user["display_name"],
        "organization_id": (user["organization"] or {}).get("id"),
    }
    return {name: value for name, value in tags.items() if value}

"""Reading Nango's answers, and learning from them what is secret."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from nangonb._masking import Masker
from nangonb._nango.types import Connection
from nangonb._secret_names import is_secret
from nangonb.errors import NestedTooDeeply

_PLAIN_URL = re.compile(r"https?://[^\s?@]*$")
_DATE = re.compile(r"\d{4}-\d\d-\d\d([T ][\d:.]+(Z|[+-]\d\d:?\d\d)?)?$")
_TOKEN = re.compile(r"(?=[^\s]*\d)(?=[^\s]*[A-Za-z])[A-Za-z0-9_\-+/=.~]{20,}$")
_SHORTEST_PASSWORD = 4
# What stands beside the secrets of a credentials object and is none.
_PLAIN_FIELDS = frozenset(
    {
        "type",
        "token_type",
        "scope",
        "scopes",
        "expires_at",
        "expires_in",
        "issued_at",
        "username",
        "api_domain",
    }
)


def decoded(body: bytes) -> Any:
    """The JSON in ``body``, or None where it is not JSON. Raises NestedTooDeeply."""
    import orjson

    try:
        return orjson.loads(body)
    except ValueError:
        pass
    try:
        # Lone surrogates, which orjson refuses
        return json.loads(body)
    except ValueError:
        return None
    except RecursionError:
        raise NestedTooDeeply from None


def legible(body: bytes) -> Any:
    """The same of a body that only may tell something: None, too, where it is nested too deeply."""
    try:
        return decoded(body)
    except NestedTooDeeply:
        return None


def connection_from(item: Any) -> Connection:
    """An element of ``GET /connections``."""
    data: Mapping[str, Any] = item if isinstance(item, Mapping) else {}
    errors = data.get("errors")
    return Connection(
        connection_id=str(data.get("connection_id", "")),
        provider_config_key=str(data.get("provider_config_key", "")),
        provider=str(data.get("provider", "")),
        created=str(data.get("created") or data.get("created_at") or ""),
        errors=tuple(errors) if isinstance(errors, list) else (),
        tags=_mapping(data.get("tags")) or {},
        end_user=_mapping(data.get("end_user")),
        metadata=_mapping(data.get("metadata")),
    )


def _mapping(value: Any) -> Mapping[str, Any] | None:
    return value if isinstance(value, Mapping) else None


def learn_credentials(masker: Masker, credentials: Any) -> None:
    """Every text in a credentials object is a secret, except plain fields, addresses and dates.

    An instance URL is left readable: it stands in every record's links. A user name is a secret where it is
    the key of an API that wants no password.
    """
    if isinstance(credentials, Mapping) and isinstance(user := credentials.get("username"), str):
        password = str(credentials.get("password") or "")
        masker.add(f"{user}:{password}")
        if len(password) < _SHORTEST_PASSWORD:
            masker.add(user)
    for value in _texts(credentials):
        if not _PLAIN_URL.match(value) and not _DATE.match(value):
            masker.add(value)


def _texts(data: Any) -> Iterator[str]:
    left = [data]  # no recursion: whoever sent it may have nested it as deeply as they liked
    while left:
        each = left.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, Mapping):
            left += [value for name, value in each.items() if name not in _PLAIN_FIELDS]
        elif isinstance(each, list):
            left += each


def learn_variables(masker: Masker, variables: Sequence[Any]) -> None:
    """Of environment variables, those named like a secret or with a value that looks like a token."""
    for variable in variables:
        if not isinstance(variable, Mapping):
            continue
        name, value = str(variable.get("name", "")), variable.get("value")
        if isinstance(value, str) and (is_secret(name, value, sent=True) or _TOKEN.match(value)):
            masker.add(value)

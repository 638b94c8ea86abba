"""Which Nango to talk to, and with which key.

First wins: argument or option, ``%config``, environment, nearest ``.env`` upward, ``[tool.nangonb]``
in pyproject.toml. The sandbox answers only where none of them names a key, a host or an environment.
"""

from __future__ import annotations

import math
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from nangonb._masking import Secret
from nangonb._nango.types import SECONDS
from nangonb._project import LAYOUTS
from nangonb.errors import ConfigurationError, nearest

CLOUD: Final = "https://api.nango.dev"
SANDBOX: Final = "sandbox"
DEFAULT_ENVIRONMENT: Final = "dev"
_KEY: Final = "NANGO_SECRET_KEY"
_HOST: Final = "NANGO_HOSTPORT"
_PREVIEW_ROWS: Final = 20
_KNOWN: Final = (
    *("tests", "environment", "host", "connections", "layout"),
    *("preview_rows", "max_memory_mb", "request_timeout"),
)


@dataclass(frozen=True, slots=True)
class Target:
    """One Nango to talk to. ``host`` and ``key`` are None for the sandbox, which is started when needed."""

    environment: str
    host: str | None = None
    key: Secret | None = None
    key_name: str = ""

    @property
    def is_sandbox(self) -> bool:
        return self.host is None

    @property
    def label(self) -> str:
        """How every banner, count line and plan names it: ``sandbox``, ``dev · api.nango.dev``."""
        if self.host is None:
            return SANDBOX
        return f"{self.environment} · {urlsplit(self.host).netloc or self.host}"


@dataclass
class Config:
    """Settings of a session. ``overrides`` are those of ``%config NangoMagics``; empty ones do not count."""

    folder: Path = field(default_factory=Path.cwd)
    overrides: dict[str, Any] = field(default_factory=dict)

    def target(self, environment: str | None = None) -> Target:
        """The Nango that ``environment`` means; None is what the configuration names, or ``dev``.

        Raises:
            ConfigurationError: a named environment has no key, a file cannot be read, the host is not a URL.
        """
        variables = self._variables()
        table = self._table()
        named = environment or self.overrides.get("environment") or table.get("environment")
        host = self.overrides.get("host") or variables.get(_HOST) or table.get("host")
        keys = [name for name in variables if name == _KEY or name.startswith(_KEY + "_")]
        if named == SANDBOX or (not named and not host and not keys):
            return Target(SANDBOX)
        name = str(named or DEFAULT_ENVIRONMENT)
        own_key = f"{_KEY}_{name.upper().replace('-', '_')}"
        for key_name in (own_key, _KEY):
            if key_name in variables:
                return Target(name, _host(host), _secret(variables[key_name], key_name), key_name)
        raise ConfigurationError(
            f"No secret key is set for the environment {name!r}.",
            hint=_missing_key_hint(name, own_key, keys, host),
        )

    @property
    def default_environment(self) -> str:
        """The environment that is meant where there are keys and none is named."""
        return str(
            self.overrides.get("environment") or self._table().get("environment") or DEFAULT_ENVIRONMENT
        )

    @property
    def usual_environment(self) -> str:
        """The one that verbs without ``-e`` talk to: the sandbox, where nothing is configured."""
        try:
            return self.target().environment
        except ConfigurationError:
            return self.default_environment

    def environments(self) -> list[str]:
        """Those that have a key, and the sandbox."""
        keys = [
            name.removeprefix(_KEY + "_").lower() for name in self._variables() if name.startswith(_KEY + "_")
        ]
        if _KEY in self._variables():
            keys.append(self.default_environment)
        return [*sorted(set(keys)), SANDBOX]

    @property
    def auto_confirm(self) -> bool:
        """Whether ``NANGO_DEPLOY_AUTO_CONFIRM`` says that deployments ask nothing, as for Nango's CLI."""
        return self._variables().get("NANGO_DEPLOY_AUTO_CONFIRM") == "true"

    def connection(self, integration: str) -> str | None:
        """The connection that ``[tool.nangonb.connections]`` names for an integration."""
        connection = self._table().get("connections", {}).get(integration)
        return None if connection is None else str(connection)

    def connection_named_in(self, integration: str) -> str:
        """The file whose ``[tool.nangonb.connections]`` :meth:`connection` read; empty where none does."""
        path = None if self.connection(integration) is None else _upward(self.folder, "pyproject.toml")
        return "" if path is None else f"[tool.nangonb.connections] of {path}"

    @property
    def tests(self) -> Path | None:
        """The folder of saved responses that ``[tool.nangonb] tests`` names, beside its pyproject.toml."""
        value, path = self._table().get("tests"), _upward(self.folder, "pyproject.toml")
        if value is None or path is None:
            return None
        if not isinstance(value, str) or not value.strip():
            raise ConfigurationError(
                f"tests in {path} is the path of a folder, not {value!r}.",
                hint='tests = "nango-integrations"',
            )
        return path.parent / value

    @property
    def layout(self) -> str | None:
        """The layout of the project, where it is configured."""
        value = self.overrides.get("layout") or self._table().get("layout")
        names = [each.name for each in LAYOUTS]
        if value is not None and value not in names:
            raise ConfigurationError(
                f"layout is {', '.join(names[:-1])} or {names[-1]}, not {value!r}.",
                hint='layout = "zero-yaml"',
            )
        return value

    @property
    def preview_rows(self) -> int:
        """How many rows of a result are shown."""
        value = self.overrides.get("preview_rows") or self._table().get("preview_rows", _PREVIEW_ROWS)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise ConfigurationError(
                f"preview_rows is a number of rows, 0 or more, not {value!r}.", hint="preview_rows = 20"
            )
        return value

    @property
    def max_memory(self) -> int | None:
        """By how many bytes a dry run may grow: ``max_memory_mb`` of the table, where it is there."""
        value = self._table().get("max_memory_mb")
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise ConfigurationError(
                f"max_memory_mb is a number of megabytes, 1 or more, not {value!r}.",
                hint="max_memory_mb = 4000",
            )
        return value * 2**20

    @property
    def request_timeout(self) -> float:
        """How many seconds a request may take as a whole: ``request_timeout`` of the table, else 120."""
        value = self.overrides.get("request_timeout") or self._table().get("request_timeout", SECONDS)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < math.inf:
            raise ConfigurationError(
                f"request_timeout is a number of seconds above 0, not {value!r}.",
                hint="request_timeout = 120",
            )
        return float(value)

    def _variables(self) -> Mapping[str, str]:
        """``NANGO_…`` variables of the environment, over those of the nearest ``.env``."""
        variables: dict[str, str] = {}
        path = _upward(self.folder, ".env")
        if path is not None:
            from dotenv import dotenv_values

            try:
                read = dotenv_values(path, encoding="utf-8-sig")
            except (OSError, UnicodeDecodeError) as error:
                why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
                raise ConfigurationError(
                    f"{path} cannot be read: {why}.", hint="Fix the file, or set the variables."
                ) from None
            variables.update({name: value for name, value in read.items() if value})
        variables.update({name: value for name, value in os.environ.items() if value})
        return {name: value for name, value in variables.items() if name.startswith("NANGO_")}

    def _table(self) -> dict[str, Any]:
        path = _upward(self.folder, "pyproject.toml")
        if path is None:
            return {}
        try:
            table = tomllib.loads(path.read_text("utf-8")).get("tool", {}).get("nangonb", {})
        except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"{path} cannot be read: {error}", hint="Fix the file.") from None
        if not isinstance(table, dict) or not isinstance(table.get("connections", {}), dict):
            raise ConfigurationError(
                f"[tool.nangonb] and [tool.nangonb.connections] in {path} are tables.",
                hint='[tool.nangonb.connections]\nsalesforce = "conn-1"',
            )
        for name in table:
            if name not in _KNOWN:
                match = nearest(name, _KNOWN)
                hint = f"Did you mean {match}? " if match else ""
                raise ConfigurationError(
                    f"[tool.nangonb] in {path} has no setting {name!r}.",
                    hint=f"{hint}There is: {', '.join(_KNOWN)}. Keys belong into the environment or .env.",
                )
        return dict(table)


def _upward(folder: Path, name: str) -> Path | None:
    """The nearest file of that name, here or in a folder above."""
    start = folder.resolve()
    for each in (start, *start.parents):
        if (each / name).is_file():
            return each / name
    return None


def _secret(value: str, key_name: str) -> Secret:
    key = value.strip()
    if not key.isascii() or not key.isprintable() or " " in key:
        raise ConfigurationError(
            f"{key_name} does not contain a secret key. A key has only ASCII characters, without spaces.",
            hint="Copy the key again from the environment settings of Nango.",
        )
    return Secret(key)


def _host(host: Any) -> str:
    if not host:
        return CLOUD
    text = str(host).strip().rstrip("/")
    try:
        parts = urlsplit(text)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    if not valid:
        # only what cannot hold a password
        without_password = str(host).strip().rpartition("@")[2]
        raise ConfigurationError(
            f"The host {without_password!r} is not a URL.",
            hint=f"Write the full URL: {_HOST}=https://nango.example.com",
        )
    return text


def _missing_key_hint(name: str, own_key: str, keys: list[str], host: Any) -> str:
    """``-e`` is not named: for a deployment it is no option."""
    looked = f"Looked for {own_key} and {_KEY} in the environment and in .env."
    others = [key.removeprefix(_KEY + "_").lower() for key in keys if key not in (own_key, _KEY)]
    match = nearest(name, [*others, SANDBOX])
    meant = f"Did you mean {match!r}? " if match else ""
    if others:
        return f"{meant}{looked} There are keys for: {', '.join(sorted(others))}."
    where = "your Nango's" if host else "Nango's"
    return (
        f"{meant}{looked} The key is in {where} environment settings. Without an account: the environment "
        f"{SANDBOX!r}, on this machine."
    )

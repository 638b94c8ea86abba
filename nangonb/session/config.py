"""Which Nango to talk to, and with which key.

First wins: argument or option, ``%config``, environment, nearest ``.env`` upward, ``[tool.nangonb]``
in pyproject.toml. The sandbox answers only where none of them names a key, a host or an environment.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from nangonb.errors import ConfigurationError, nearest
from nangonb.masking import Secret

CLOUD: Final = "https://api.nango.dev"
SANDBOX: Final = "sandbox"
DEFAULT_ENVIRONMENT: Final = "dev"
_KEY: Final = "NANGO_SECRET_KEY"
_HOST: Final = "NANGO_HOSTPORT"
_KNOWN: Final = ("environment", "host", "connections", "preview_rows")


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
            ConfigurationError: a named environment has no key, a file cannot be read, the host is no URL.
        """
        variables = self._variables()
        table = self._table()
        named = environment or self.overrides.get("environment") or table.get("environment")
        host = self.overrides.get("host") or variables.get(_HOST) or table.get("host")
        keys = [name for name in variables if name == _KEY or name.startswith(_KEY + "_")]
        if named == SANDBOX or (not named and not host and not keys):
            return Target(SANDBOX)
        name = str(named or DEFAULT_ENVIRONMENT)
        wanted = f"{_KEY}_{name.upper().replace('-', '_')}"
        for key_name in (wanted, _KEY):
            if key_name in variables:
                return Target(name, _host(host), Secret(variables[key_name].strip()), key_name)
        raise ConfigurationError(
            f"There is no secret key for the environment {name!r}.",
            hint=_missing_key_hint(wanted, keys, host),
        )

    @property
    def default_environment(self) -> str:
        """The environment of verbs without ``-e``."""
        return str(
            self.overrides.get("environment") or self._table().get("environment") or DEFAULT_ENVIRONMENT
        )

    def environments(self) -> list[str]:
        """Those that have a key, and the sandbox."""
        keys = [
            name.removeprefix(_KEY + "_").lower() for name in self._variables() if name.startswith(_KEY + "_")
        ]
        if _KEY in self._variables():
            keys.append(self.default_environment)
        return [*sorted(set(keys)), SANDBOX]

    def connection(self, integration: str) -> str | None:
        """The connection that ``[tool.nangonb.connections]`` names for an integration."""
        connections = self._table().get("connections") or {}
        found = connections.get(integration) if isinstance(connections, dict) else None
        return None if found is None else str(found)

    @property
    def preview_rows(self) -> int:
        """How many rows of a result are shown."""
        value = self.overrides.get("preview_rows") or self._table().get("preview_rows") or 20
        return int(value)

    def _variables(self) -> Mapping[str, str]:
        """``NANGO_…`` variables of the environment, over those of the nearest ``.env``."""
        found: dict[str, str] = {}
        path = _upward(self.folder, ".env")
        if path is not None:
            from dotenv import dotenv_values

            found.update({name: value for name, value in dotenv_values(path).items() if value})
        found.update({name: value for name, value in os.environ.items() if value})
        return {name: value for name, value in found.items() if name.startswith("NANGO_")}

    def _table(self) -> dict[str, Any]:
        path = _upward(self.folder, "pyproject.toml")
        if path is None:
            return {}
        try:
            table = tomllib.loads(path.read_text("utf-8")).get("tool", {}).get("nangonb", {})
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"{path.name} cannot be read: {error}", hint="Mend the file.") from None
        for name in table:
            if name not in _KNOWN:
                match = nearest(name, _KNOWN)
                hint = f"Did you mean {match}? " if match else ""
                raise ConfigurationError(
                    f"[tool.nangonb] in {path.name} has no setting {name!r}.",
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


def _host(host: Any) -> str:
    if host is None:
        return CLOUD
    text = str(host).rstrip("/")
    if urlsplit(text).scheme not in ("http", "https") or not urlsplit(text).netloc:
        raise ConfigurationError(f"The host {text!r} is no URL.", hint=f"{_HOST}=https://nango.example.com")
    return text


def _missing_key_hint(wanted: str, keys: list[str], host: Any) -> str:
    looked = f"Looked for {wanted} and {_KEY} in the environment and in .env."
    others = [key.removeprefix(_KEY + "_").lower() for key in keys if key not in (wanted, _KEY)]
    if others:
        return f"{looked} There are keys for: {', '.join(sorted(others))} (-e {sorted(others)[0]})."
    where = "your Nango's" if host else "Nango's"
    return f"{looked} It stands in {where} environment settings. Without an account: -e sandbox."

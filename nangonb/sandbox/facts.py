"""What Nango says of a provider: auth mode, base URL, pagination, retries, how one signs in."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from nangonb._nango import providers

__all__ = ["Facts", "published"]

_DOCS: Final = "https://nango.dev/docs"
_VALUE: Final = re.compile(r"\$\{(\w+)\}")
_SETTING: Final = re.compile(r"\$\{connectionConfig\.(\w+)\}")


@dataclass(frozen=True)
class Facts:
    """The facts of one provider. ``sign_in`` are the further fields of ``GET /providers/{provider}``."""

    name: str
    display_name: str
    auth_mode: str
    base_url: str
    paginate: Mapping[str, Any] | None = None
    retry: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    sign_in: Mapping[str, Any] = field(default_factory=dict)
    has_guide: bool = True

    @property
    def docs(self) -> str:
        """The page that describes the provider."""
        return f"{_DOCS}/{'api-integrations' if self.has_guide else 'integrations/all'}/{self.name}"

    def public(self, base: str) -> dict[str, Any]:
        """The body of ``GET /providers/{provider}``; ``base`` is the address of the sandbox."""
        proxy: dict[str, Any] = {"base_url": self.base_url}
        for name, value in (("headers", self.headers), ("paginate", self.paginate), ("retry", self.retry)):
            if value:
                proxy[name] = dict(value)
        return {
            "name": self.name,
            "display_name": self.display_name,
            "auth_mode": self.auth_mode,
            **self.sign_in,
            "docs": self.docs,
            "logo_url": f"{base}/images/template-logos/{self.name}.svg",
            "proxy": proxy,
        }

    def filled_headers(self, credentials: Mapping[str, Any]) -> dict[str, str]:
        """The headers of each request, with the credentials of a connection."""
        values = {"accessToken": credentials.get("access_token", ""), **credentials}
        return {
            name.lower(): _VALUE.sub(lambda match: str(values.get(match[1], match[0])), template)
            for name, template in self.headers.items()
        }

    def authorization(self, credentials: Mapping[str, Any]) -> dict[str, str]:
        """The ``authorization`` header of each request, by the type of the credentials."""
        match credentials.get("type"):
            case "API_KEY":
                return {}
            case "BASIC":
                pair = f"{credentials.get('username', '')}:{credentials.get('password', '')}"
                return {"authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
        return {"authorization": f"Bearer {credentials.get('access_token', '')}"}

    def url(self, config: Mapping[str, Any]) -> str:
        """The base URL for a connection with this configuration.

        ``a || b`` means b where the configuration lacks what a needs.
        """
        left, _, right = (part.strip() for part in self.base_url.partition("||"))
        needed = _SETTING.search(left)
        chosen = right if right and needed and needed[1] not in config else left
        return _SETTING.sub(lambda match: str(config.get(match[1], match[0])), chosen)


@cache
def published() -> Mapping[str, Facts]:
    """The providers of Nango, by name."""
    return {name: _facts(name, **entry) for name, entry in providers.published().items()}


def _facts(
    name: str,
    *,
    display_name: str,
    auth_mode: str,
    proxy: Mapping[str, Any],
    has_guide: bool = True,
    **sign_in: Any,
) -> Facts:
    proxy = {"base_url": "", **proxy}
    return Facts(name, display_name, auth_mode, **proxy, sign_in=sign_in, has_guide=has_guide)

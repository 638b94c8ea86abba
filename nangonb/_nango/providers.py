"""What Nango publishes about providers: ``providers.json``, which ``tools/provider_facts.py`` generates."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any


@cache
def published() -> Mapping[str, Mapping[str, Any]]:
    """The fields of each provider's template that a program uses: ``auth_mode``, ``authorization_url`` …, and
    ``proxy`` with ``base_url``, ``headers``, ``paginate``, ``retry``. ``has_guide`` is False where Nango's
    documentation has no guide for the provider. Do not change what it returns."""
    document = json.loads(Path(__file__).with_name("providers.json").read_bytes())
    providers: dict[str, dict[str, Any]] = document["providers"]
    return providers


def pagination(provider: str) -> Mapping[str, Any]:
    """How the provider paginates; empty where Nango's template does not say."""
    paginate: Mapping[str, Any] = published().get(provider, {}).get("proxy", {}).get("paginate", {})
    return paginate

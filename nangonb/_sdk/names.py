"""Names in the case of Python and of TypeScript."""

from __future__ import annotations

import re


def snake_case(name: str) -> str:
    """``batchSave`` as ``batch_save``, ``getWebhookURL`` as ``get_webhook_url``, ``isCLI`` as ``is_cli``."""
    apart = re.sub(r"(?<=[A-Z])([A-Z][a-z])", r"_\1", re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name))
    return apart.lower()


def camel_case(name: str) -> str:
    """``batch_save`` as ``batchSave``, ``base_url_override`` as ``baseUrlOverride``."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)

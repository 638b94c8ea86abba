"""What a name that the ``nango`` object lacks was meant to be."""

from __future__ import annotations

import re

from nangonb.errors import nearest

#: Older names of Nango, and those that replaced them. They work, and say so.
DEPRECATED = {
    "batch_send": "batch_save",
    "get_field_mapping": "get_metadata",
    "set_field_mapping": "set_metadata",
}
# What Nango's object has and this one does not, and what to use instead.
_ABSENT = {
    "abort_signal": "A dry run is stopped from outside; a script need not look for it.",
    "account_id": "It is known to Nango's runner only.",
    "activity_log_id": "It is known to Nango's runner only; nango.log writes to the log.",
    "environment_id": "It is known to Nango's runner only; nango.environment_name is the name.",
    "host": "Requests go through nango.get, nango.post …, which know the host.",
    "integration_config": "Use nango.get_integration(include=['credentials']).",
    "logger": "Use nango.set_logger(level=…).",
    "nango": "Scripts on Nango may not use it either.",
    "nango_connection_id": "It is known to Nango's runner only; nango.connection_id is the id.",
    "secret_key": "Scripts never see the secret key.",
    "sync_config": "Use nango.track_deletes, nango.variant and nango.get_flow_attributes().",
    "sync_id": "A dry run has no sync of Nango's, and so no id of one.",
    "sync_job_id": "A dry run is no job of Nango's, and so has no id of one.",
    "throw_if_aborted": "A dry run is stopped from outside; a script need not look for it.",
}

_TYPESCRIPT = {"get_webhook_url": "getWebhookURL", "is_cli": "isCLI"}


def no_attribute(kind: type, sync: type, name: str) -> str:
    """Python's own sentence, and the name that was probably meant. ``sync`` is the class with most."""
    message = f"{kind.__name__} has no attribute {name!r}"
    snake = snake_case(name)
    there = [known for known in dir(kind) if not known.startswith("_")]
    if snake in DEPRECATED and name != snake:
        return f"{message}. Use {DEPRECATED[snake]}, which replaced it in Nango."
    if snake in _ABSENT:
        return f"{message}. {_ABSENT[snake]}"
    if snake not in there and not snake.startswith("_") and hasattr(sync, snake):
        return f"{message}. Only a sync has {snake}."
    match = snake if snake in there else nearest(snake, there)
    return f"{message}. Did you mean {match!r}?" if match else f"{message}."


def snake_case(name: str) -> str:
    """``batchSave`` as ``batch_save``, ``getWebhookURL`` as ``get_webhook_url``, ``isCLI`` as ``is_cli``."""
    apart = re.sub(r"(?<=[A-Z])([A-Z][a-z])", r"_\1", re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name))
    return apart.lower()


def camel_case(name: str) -> str:
    """``batch_save`` as ``batchSave``, ``get_webhook_url`` as ``getWebhookURL``."""
    first, *rest = name.split("_")
    return _TYPESCRIPT.get(name) or first + "".join(part.capitalize() for part in rest)

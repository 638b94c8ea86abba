"""What a name that the ``nango`` object lacks was meant to be."""

from __future__ import annotations

import re

from nangonb.errors import nearest

_OLDER = {
    "batch_send": "batch_save",
    "get_field_mapping": "get_metadata",
    "set_field_mapping": "set_metadata",
}
_NOT_YET = frozenset(
    {
        "clear_checkpoint",
        "delete_records_from_previous_executions",
        "empty_cache",
        "get_checkpoint",
        "get_flow_attributes",
        "get_integration",
        "get_records_by_ids",
        "get_token",
        "get_webhook_url",
        "list_records",
        "release_all_locks",
        "release_lock",
        "save_checkpoint",
        "set_logger",
        "set_merging_strategy",
        "start_sync",
        "track_deletes_end",
        "track_deletes_start",
        "trigger_action",
        "trigger_sync",
        "try_acquire_lock",
        "uncontrolled_fetch",
        "zod_validate_input",
    }
)


def no_attribute(kind: type, sync: type, name: str) -> str:
    """Python's own sentence, and the name that was probably meant. ``sync`` is the class with most."""
    message = f"{kind.__name__} has no attribute {name!r}"
    snake = snake_case(name)
    there = [known for known in dir(kind) if not known.startswith("_")]
    if snake in _OLDER:
        return f"{message}. Use {_OLDER[snake]}, which replaced it in Nango."
    if snake in _NOT_YET:
        return f"{message}: nangonb does not know nango.{snake} yet."
    if snake not in there and not snake.startswith("_") and hasattr(sync, snake):
        return f"{message}. Only a sync has {snake}."
    match = snake if snake in there else nearest(snake, there)
    return f"{message}. Did you mean {match!r}?" if match else f"{message}."


def snake_case(name: str) -> str:
    """``batchSave`` as ``batch_save``."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()

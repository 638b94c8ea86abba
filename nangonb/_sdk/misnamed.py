"""Which name was meant where the ``nango`` object has no attribute of a name."""

from __future__ import annotations

from nangonb._sdk.methods import ATTRIBUTES, METHODS
from nangonb._sdk.names import snake_case
from nangonb.errors import nearest

#: What Nango's object has and this one lacks, and what to use instead.
_ABSENT = {
    "abort_signal": "A dry run is stopped from outside. Remove the check.",
    "account_id": "Only Nango's runner has it.",
    "activity_log_id": "Only Nango's runner has it; nango.log writes to the log.",
    "environment_id": "Only Nango's runner has it; nango.environment_name is the name.",
    "host": "Requests go through nango.get, nango.post …, which choose the host.",
    "integration_config": "Use nango.get_integration(include=['credentials']).",
    "logger": "Use nango.set_logger(level=…).",
    "nango": "Scripts on Nango may not use it either.",
    "nango_connection_id": "Only Nango's runner has it; nango.connection_id is the id.",
    "secret_key": "Scripts never see the secret key.",
    "sync_config": "Use nango.track_deletes, nango.variant and nango.get_flow_attributes().",
    "sync_id": "A dry run has no sync on Nango, and no id of one.",
    "sync_job_id": "A dry run is not a job of Nango, and has no id of one.",
    "throw_if_aborted": "A dry run is stopped from outside. Remove the check.",
}


def no_attribute(kind: type, name: str) -> str:
    """Python's own sentence, and the name that was probably meant. ``kind`` is NangoAction or NangoSync."""
    message = f"{kind.__name__} has no attribute {name!r}"
    snake = snake_case(name)
    names = [each for each in dir(kind) if not each.startswith("_")]
    method = METHODS.get(snake)
    if method is not None and method.replaced_by and name != snake:
        return f"{message}. Use {method.replaced_by}, which replaced it in Nango."
    if snake in _ABSENT:
        return f"{message}. {_ABSENT[snake]}"
    if snake not in names and (snake in METHODS or snake in ATTRIBUTES):
        return f"{message}. Only a sync has {snake}."
    match = snake if snake in names else nearest(snake, names)
    return f"{message}. Did you mean {match!r}?" if match else f"{message}."

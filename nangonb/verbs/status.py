"""``status``: the state of deployed syncs."""

from __future__ import annotations

from typing import Any

from nangonb.session import SyncStates, current
from nangonb.verbs.commands import run_on_sync
from nangonb.verbs.options import (
    AnySyncArgument,
    ConnectionArgument,
    DeclaringSourceArgument,
    EnvironmentOption,
    IntegrationOption,
    JsonOption,
    VariantOption,
)
from nangonb.verbs.verb import verb


def _command(
    source: DeclaringSourceArgument,
    name: AnySyncArgument = None,
    connection: ConnectionArgument = None,
    *,
    json: JsonOption = False,
    **options: Any,
) -> int:
    return run_on_sync(status, (source, name, connection), options, json=json)


@verb(command=_command)
def status(
    name: AnySyncArgument = None,
    connection: ConnectionArgument = None,
    *,
    environment: EnvironmentOption = None,
    integration_id: IntegrationOption = None,
    variant: VariantOption = "base",
) -> SyncStates:
    """Show the state of a deployed sync, or of all: status, schedule, counts, checkpoint, latest result.

    Of the connection that is named, else the selected or configured one, else of all connections.

    Raises:
        UnknownName, UsageError: the sync, the connection or an option.
        ApiError, NetworkError, ConfigurationError: Nango.
    """
    return current().syncs.states(name, connection, environment, integration_id, variant)

"""``status``: the state of deployed syncs."""

from __future__ import annotations

from nangonb._session import SyncStates, current
from nangonb._verbs.commands import on_sync
from nangonb._verbs.options import (
    AnySyncArgument,
    ConnectionArgument,
    EnvironmentOption,
    IntegrationOption,
    VariantOption,
)
from nangonb._verbs.verb import verb


@verb(command=on_sync)
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

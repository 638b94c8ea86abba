"""``start``: start the schedule of a deployed sync."""

from __future__ import annotations

from nangonb._session import SyncStates, current
from nangonb._verbs.commands import on_sync
from nangonb._verbs.options import (
    ConnectionArgument,
    EnvironmentOption,
    IntegrationOption,
    SyncArgument,
    VariantOption,
)
from nangonb._verbs.verb import verb


@verb(command=on_sync)
def start(
    name: SyncArgument,
    connection: ConnectionArgument = None,
    *,
    environment: EnvironmentOption = None,
    integration_id: IntegrationOption = None,
    variant: VariantOption = "base",
) -> SyncStates:
    """Start the schedule of a deployed sync, for real: it runs at its interval.

    It runs at once only where it never ran, or where a run is due.

    Raises:
        UnknownName, UsageError: the sync, the connection or an option; nothing says which connection.
        ApiError, NetworkError, ConfigurationError: Nango.
    """
    sync = current().syncs.sync("start", name, connection, environment, integration_id, variant)
    return sync.start()

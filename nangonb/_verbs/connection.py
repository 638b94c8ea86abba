"""``connection``: select the connection that dry runs use."""

from __future__ import annotations

from typing import Annotated

from nangonb._project.options import Option
from nangonb._session import ConnectionChoice, current
from nangonb._verbs.options import EnvironmentOption, IntegrationOption
from nangonb._verbs.verb import verb


@verb()
def connection(
    connection: Annotated[
        str | None, Option("CONNECTION", "id of the connection to select", completes="connection")
    ] = None,
    *,
    integration_id: IntegrationOption = None,
    environment: EnvironmentOption = None,
) -> ConnectionChoice:
    """Select the connection that dry runs use for its integration; without one, show those there are.

    Raises:
        UnknownName: there is no such connection or integration.
        UsageError: it is in several integrations.
        ApiError, NetworkError, ConfigurationError: Nango.
    """
    return current().connections.choice(connection, integration_id=integration_id, environment=environment)

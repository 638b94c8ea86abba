"""``connections``: list the connections of an environment."""

from __future__ import annotations

from json import dumps
from typing import TYPE_CHECKING, Any

from nangonb._session import current
from nangonb._verbs.commands import session_of
from nangonb._verbs.options import EnvironmentOption, IntegrationOption, JsonOption
from nangonb._verbs.verb import verb

if TYPE_CHECKING:
    from nangonb._nango import Connection


def _command(*, json: JsonOption = False, **options: Any) -> str:
    with session_of() as session:
        if not json:
            return session.connections.choice(**options).text()
        listed = [connection.as_dict() for connection in connections(**options)]
        return dumps(listed, ensure_ascii=False, indent=2)


@verb(magic=False, command=_command)
def connections(
    *, environment: EnvironmentOption = None, integration_id: IntegrationOption = None
) -> list[Connection]:
    """List the connections of an environment.

    Raises ApiError, NetworkError, ConfigurationError.
    """
    return current().connections.fetch(environment=environment, integration_id=integration_id)

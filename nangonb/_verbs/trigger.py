"""``trigger``: run a deployed sync now."""

from __future__ import annotations

from typing import Annotated, Final

from nangonb._project.options import Option
from nangonb._session import SyncStates, current
from nangonb._session.values import positive
from nangonb._verbs.commands import on_sync
from nangonb._verbs.options import (
    ConnectionArgument,
    EnvironmentOption,
    IntegrationOption,
    SyncArgument,
    VariantOption,
)
from nangonb._verbs.verb import verb
from nangonb.errors import UsageError

WAIT_SECONDS: Final = 600.0


@verb(
    command=on_sync,
    epilog="The status is PENDING until the run begins. "
    "With --wait, exit code 12: it failed, or has not ended.",
)
def trigger(
    name: SyncArgument,
    connection: ConnectionArgument = None,
    *,
    environment: EnvironmentOption = None,
    integration_id: IntegrationOption = None,
    variant: VariantOption = "base",
    reset: Annotated[
        bool, Option("--reset", "from scratch: without its checkpoint and the date of its last run")
    ] = False,
    empty_cache: Annotated[
        bool, Option("--empty-cache", "delete its synced records first (with --reset)")
    ] = False,
    wait: Annotated[bool, Option("--wait", "wait for the end of the run, and show its result")] = False,
    timeout: Annotated[
        float | None, Option("--timeout", f"wait for S seconds at most; {WAIT_SECONDS:.0f} by default", "S")
    ] = None,
) -> SyncStates:
    """Run a deployed sync now, for real, beside its schedule. Returns its state.

    Nango answers before the run exists: until then the status is ``PENDING``. ``wait`` waits for the end
    of the run, for at most ``timeout`` seconds (600). A run that is in progress is waited for first, so
    that the result is not its result. ``reset`` lets the sync start from scratch: without checkpoint and
    date of the last run. ``empty_cache`` also deletes its synced records first.

    Raises:
        UnknownName, UsageError: the sync, the connection or an option; nothing says which connection.
        RunError: with ``wait``, the run failed, or has not ended in time.
        Interrupted: it was stopped; the run goes on at Nango.
        ApiError, NetworkError, ConfigurationError: Nango.
    """
    if empty_cache and not reset:
        raise UsageError(
            "--empty-cache deletes what was synced, and needs --reset, so that all is fetched again.",
            hint="Add --reset.",
        )
    if timeout is not None and not wait:
        raise UsageError("--timeout limits how long --wait waits.", hint="Add --wait.")
    seconds = positive(timeout, "--timeout") or WAIT_SECONDS
    sync = current().syncs.sync("trigger", name, connection, environment, integration_id, variant)
    if wait:
        return sync.trigger_and_wait(reset=reset, empty_cache=empty_cache, seconds=seconds)
    return sync.trigger(reset=reset, empty_cache=empty_cache)

"""The session of this process, and its verbs as functions."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nangonb.session.session import Session

if TYPE_CHECKING:
    from nangonb.dryrun import Dryrun
    from nangonb.export import ExportResult
    from nangonb.nango import Connection
    from nangonb.session.choice import ConnectionChoice
    from nangonb.session.scaffolds import Scaffolds
    from nangonb.session.shown import Check, Forgotten
    from nangonb.session.translated import Translated

_current: Session | None = None


def current() -> Session:
    """The session of this process; made when first asked for."""
    global _current
    if _current is None:
        _current = Session()
    return _current


def connection(
    connection: str | None = None, *, integration_id: str | None = None, environment: str | None = None
) -> ConnectionChoice:
    """``%nango_connection``. See :meth:`Session.connection`."""
    return current().connection(connection, integration_id=integration_id, environment=environment)


def connections(*, environment: str | None = None, integration_id: str | None = None) -> list[Connection]:
    """The connections of an environment. See :meth:`Session.connections`."""
    return current().connections(environment=environment, integration_id=integration_id)


def dryrun(
    name: str,
    connection: str | None = None,
    *,
    environment: str | None = None,
    last_sync_date: str | date | datetime | None = None,
    input: Any = None,
    metadata: Any = None,
    variant: str = "base",
    validation: bool = False,
    read_only: bool = False,
    max_requests: int | None = None,
    timeout: float | None = None,
    integration_id: str | None = None,
) -> Dryrun:
    """``%nango_dryrun``. See :meth:`Session.dryrun`."""
    return current().dryrun(
        name,
        connection,
        environment=environment,
        last_sync_date=last_sync_date,
        input=input,
        metadata=metadata,
        variant=variant,
        validation=validation,
        read_only=read_only,
        max_requests=max_requests,
        timeout=timeout,
        integration_id=integration_id,
    )


def check(name: str | None = None) -> Check:
    """``%nango_check``. See :meth:`Session.check`."""
    return current().check(name)


def export(
    folder: str | Path | None = None,
    *,
    layout: str = "nango-yaml",
    check: bool = False,
    diff: bool = False,
    prune: bool = False,
    force: bool = False,
) -> ExportResult:
    """``%nango_export``. See :meth:`Session.export`."""
    return current().export(folder, layout=layout, check=check, diff=diff, prune=prune, force=force)


def show(name: str, *, layout: str = "nango-yaml", integration_id: str | None = None) -> Translated:
    """``%nango_show``. See :meth:`Session.show`."""
    return current().show(name, layout=layout, integration_id=integration_id)


def generate() -> Scaffolds:
    """``%nango_generate``. See :meth:`Session.generate`."""
    return current().generate()


def forget(name: str) -> Forgotten:
    """``%nango_forget``. See :meth:`Session.forget`."""
    return current().forget(name)


def last_dryrun(name: str | None = None) -> Dryrun:
    """The latest dry run (of a script), failed and interrupted ones included."""
    return current().last_dryrun(name)

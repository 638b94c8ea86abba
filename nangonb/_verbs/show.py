"""``show``: a script in Python and in TypeScript."""

from __future__ import annotations

from typing import Annotated

from nangonb._project import TYPESCRIPT
from nangonb._project.options import Option
from nangonb._session import Translated, current
from nangonb._session.translated import translated
from nangonb._verbs.options import IntegrationOption, TypeScriptLayoutOption
from nangonb._verbs.verb import verb


@verb()
def show(
    name: Annotated[str, Option("NAME", "the script", completes="script")],
    *,
    layout: TypeScriptLayoutOption = None,
    integration_id: IntegrationOption = None,
) -> Translated:
    """Show a script in Python and in TypeScript, side by side.

    Raises UnknownName, ProjectError.
    """
    session = current()
    chosen = session.workspace.layout(layout, TYPESCRIPT, kind="layout with TypeScript")
    return translated(session.project, session.workspace.script(name, integration_id), chosen)

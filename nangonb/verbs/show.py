"""``show``: a script in Python and in TypeScript."""

from __future__ import annotations

from typing import Annotated

from nangonb.errors import UnknownName
from nangonb.project.options import Option
from nangonb.session import Translated, current
from nangonb.session.translated import translated
from nangonb.verbs.options import IntegrationOption, TypeScriptLayoutOption
from nangonb.verbs.verb import verb


@verb()
def show(
    name: Annotated[str, Option("NAME", "the script", completes="script")],
    *,
    layout: TypeScriptLayoutOption = "nango-yaml",
    integration_id: IntegrationOption = None,
) -> Translated:
    """Show a script in Python and in TypeScript, side by side.

    Raises UnknownName, ProjectError.
    """
    from nangonb.translate import LAYOUTS

    if layout not in LAYOUTS:
        raise UnknownName("layout with TypeScript", layout, list(LAYOUTS))
    session = current()
    return translated(session.project, session.workspace.script(name, integration_id), layout)

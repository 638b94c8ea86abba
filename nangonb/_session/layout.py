"""The layout of the current project: one for all verbs."""

from __future__ import annotations

from collections.abc import Sequence

from nangonb._project import LAYOUTS, Layout, Project, layout_named, layout_of
from nangonb._session.config import Config


def project_layout(
    project: Project,
    config: Config,
    named: str | None = None,
    choices: Sequence[Layout] = LAYOUTS,
    *,
    kind: str = "layout",
) -> Layout:
    """The layout that the call names, else the configuration, else the one that the scripts need.

    Raises:
        UnknownName: it is not among ``choices``, which ``kind`` names.
        ConfigurationError: the configuration names none that there is.
    """
    name = named or config.layout
    return layout_of(project) if name is None else layout_named(name, choices, kind=kind)

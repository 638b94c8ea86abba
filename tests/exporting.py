"""A project → a folder, by the name of the layout."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nangonb._export import ExportResult, ProjectFiles
from nangonb._export import export as export_files
from nangonb._project import Project, layout_named


def export(
    project: Project, folder: Path | str, *, layout: str = "nango-yaml", **options: Any
) -> ExportResult:
    return export_files(ProjectFiles(project, layout_named(layout)), folder, **options)

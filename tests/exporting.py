"""A project → a folder, by the name of the layout."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nangonb.export import ExportResult, ProjectFiles
from nangonb.export import export as export_files
from nangonb.project import Project, layout_named


def export(
    project: Project, folder: Path | str, *, layout: str = "nango-yaml", **options: Any
) -> ExportResult:
    return export_files(ProjectFiles(project, layout_named(layout)), folder, **options)

"""``export``: write the deployable folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from nangonb._project.options import Option
from nangonb._session import current
from nangonb._verbs.commands import session_of
from nangonb._verbs.options import FolderArgument, LayoutOption, PruneOption, SourcesArgument, TrustOption
from nangonb._verbs.verb import verb

if TYPE_CHECKING:
    from nangonb._export import ExportResult


def _command(
    sources: SourcesArgument, folder: FolderArgument, *, trust: TrustOption = False, **options: Any
) -> ExportResult:
    with session_of(*sources, trust=trust):
        return export(folder, **options)


@verb(command=_command)
def export(
    folder: Annotated[str | Path | None, Option("DIR", "the folder to write", completes="path")] = None,
    *,
    layout: LayoutOption = None,
    check: Annotated[
        bool, Option("--check", "write nothing; fail where the folder is not up to date")
    ] = False,
    diff: Annotated[bool, Option("--diff", "write nothing; show what would change")] = False,
    prune: PruneOption = False,
    force: Annotated[bool, Option("--force", "overwrite files that are foreign or were edited")] = False,
) -> ExportResult:
    """Write the deployable folder: nango.yaml, scripts and modules.

    How the saved notebook differs from this kernel is shown before. What Python becomes is compiled, where
    there is Node.js; else the problem ``not-compiled`` says so.

    Raises:
        ProjectError: something is declared that cannot be exported, or does not compile.
        FolderError: a file there is foreign or was edited; nothing is written.
    """
    from nangonb._check import problems
    from nangonb._check.typescript import not_compiled
    from nangonb._export import ProjectFiles
    from nangonb._export import export as write
    from nangonb._folders import imported_files

    session = current()
    workspace = session.workspace
    workspace.show_differences()
    target = Path(folder or "nango-integrations")
    files = ProjectFiles(session.project, workspace.layout(layout))
    imported: dict[str, str] = {}
    for path in workspace.files:
        if path.suffix == ".ipynb":
            imported |= imported_files(path)
    return write(
        files,
        target,
        problems=problems(files, session.context.locate_name, uncompiled=not_compiled),
        notebooks=[path.name for path in workspace.files],
        saved=session.replayer.exported_files(files.layout, target),
        imported=imported,
        check=check,
        diff=diff,
        prune=prune,
        force=force,
    )

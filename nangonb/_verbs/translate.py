"""``translate``: print the TypeScript of a Python script."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from typing import Annotated

from nangonb._project import FOLDERS, TYPESCRIPT, Declarations, Kind, Source
from nangonb._project.cells import read_script, read_yaml
from nangonb._project.merging import declared_scripts
from nangonb._project.options import Option
from nangonb._session.config import Config
from nangonb._session.layout import project_layout
from nangonb._verbs.options import TypeScriptLayoutOption
from nangonb._verbs.verb import verb
from nangonb.errors import FolderError, UnknownName


@verb(
    magic=False,
    function=False,
    command=True,
    epilog="What cannot be translated is printed on stderr, with exit code 1.",
)
def translate(
    file: Annotated[str, Option("FILE", "the script", completes="path")],
    *,
    kind: Annotated[Kind, Option("--kind", "what it is")] = "sync",
    name: Annotated[
        str | None, Option("--name", "its name in nango.yaml; by default that of the file", "NAME")
    ] = None,
    integration: Annotated[str | None, Option("--integration", "its integration", "ID")] = None,
    yaml: Annotated[str | None, Option("--yaml", "the nango.yaml that declares it", "FILE")] = None,
    layout: TypeScriptLayoutOption = None,
) -> int:
    """Print the TypeScript of a Python script.

    What cannot be translated goes to stderr. Returns the exit code.

    Raises:
        FolderError: a file cannot be read.
        ProjectError: it is no Python, or the nango.yaml cannot be read.
    """
    from nangonb._translate import translate as to_typescript

    name = name or Path(file).stem
    declarations = Declarations()
    if yaml is not None:
        declarations.declare(read_yaml(_source(Path(yaml))))
        project = declarations.project()
        if integration is not None and integration not in project.integrations:
            raise UnknownName(f"integration in {yaml}", integration, list(project.integrations))
        if not any(path[2:] == (FOLDERS[kind], name) for path in declared_scripts(project.data)):
            print(
                f"{yaml} declares no {kind} {name}: its models and settings are unknown. "
                "Name the script with --name.",
                file=sys.stderr,
            )
    cell = read_script(kind, name, _source(Path(file)))
    if integration is not None:
        cell = dataclasses.replace(cell, integration=integration)
    declarations.declare(cell)
    project = declarations.project()
    chosen = project_layout(project, Config(), layout, TYPESCRIPT, kind="layout with TypeScript")
    done = to_typescript(project, project.scripts[0], chosen)
    if done.ok:
        sys.stdout.write(done.code)
        return 0
    for problem in done.problems:
        print(problem, file=sys.stderr)
    return 1


def _source(path: Path) -> Source:
    try:
        text = path.read_bytes().decode()
    except OSError as error:
        raise FolderError(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise FolderError(f"{path} is not UTF-8 text.", hint="Save it as UTF-8.") from None
    return Source(str(path), text.replace("\r\n", "\n"), 0, str(path.resolve()))

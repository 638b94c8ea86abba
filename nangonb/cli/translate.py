"""``nangonb translate``: one Python file → TypeScript on stdout."""

from __future__ import annotations

import dataclasses
import sys
from argparse import Namespace
from pathlib import Path

from nangonb.errors import FolderError, UnknownName
from nangonb.project import FOLDERS, Declarations, Kind, Project, Source
from nangonb.project.cells import read_script, read_yaml
from nangonb.project.merging import declared_scripts


def translate(options: Namespace) -> int:
    """Prints the TypeScript, or what cannot be carried over (on stderr). Returns the exit code.

    Raises:
        FolderError: a file cannot be read.
        ProjectError: it is no Python, or the nango.yaml cannot be read.
    """
    from nangonb.translate import LAYOUTS
    from nangonb.translate import translate as to_typescript

    if options.layout not in LAYOUTS:
        raise UnknownName("layout with TypeScript", options.layout, list(LAYOUTS))
    file = Path(options.file)
    kind: Kind = options.kind
    declarations = Declarations()
    if options.yaml is not None:
        declarations.declare(read_yaml(_source(Path(options.yaml))))
        _compare(options, declarations.project(), options.name or file.stem)
    cell = read_script(kind, options.name or file.stem, _source(file))
    if options.integration is not None:
        cell = dataclasses.replace(cell, integration=options.integration)
    declarations.declare(cell)
    project = declarations.project()
    done = to_typescript(project, project.scripts[0], options.layout)
    if done.ok:
        sys.stdout.write(done.code)
        return 0
    for problem in done.problems:
        print(problem, file=sys.stderr)
    return 10


def _compare(options: Namespace, project: Project, name: str) -> None:
    """Refuse an integration that the nango.yaml has not; say that it does not declare the script."""
    if options.integration is not None and options.integration not in project.integrations:
        raise UnknownName(f"integration in {options.yaml}", options.integration, list(project.integrations))
    if not any(path[2:] == (FOLDERS[options.kind], name) for path in declared_scripts(project.data)):
        print(
            f"{options.yaml} declares no {options.kind} {name}: its models and settings are not known. "
            "--name says which one it is.",
            file=sys.stderr,
        )


def _source(path: Path) -> Source:
    try:
        text = path.read_bytes().decode()
    except OSError as error:
        raise FolderError(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise FolderError(f"{path} is not UTF-8 text.", hint="Save it as UTF-8.") from None
    return Source(str(path), text.replace("\r\n", "\n"), 0, str(path.resolve()))

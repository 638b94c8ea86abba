"""Compiles TypeScript source to the package of a deploy, like the CLI on Nango's servers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from nangonb._check import problems as check
from nangonb._deploy.compiling import Compiler
from nangonb._deploy.payload import Package, package
from nangonb._export import ProjectFiles
from nangonb._node import OutOfTime, ProcessDied, ScriptFailure, evaluate, find_node, installed, node_for
from nangonb._project import FOLDERS, ZERO_YAML, Declarations, Kind, Problem, Script, Source
from nangonb._project.cells import read_script
from nangonb._project.typescript import created
from nangonb.errors import ConfigurationError, NangonbError, ProjectError
from nangonb.sandbox.runs.printed import CompileFailed, NoEnvironment

__all__ = ["Builder", "Built"]


@dataclass(frozen=True)
class Built:
    """``js`` is the bundle, with a source map to ``path``; ``package`` is the package of the deploy."""

    script: Script
    path: str
    js: str
    package: Package

    def deployment(self, version: str | None) -> dict[str, Any]:
        """The body of ``POST /sync/deploy`` for this script only."""
        body = self.package.deployment("single")
        flows = [{**flow, **({"version": version} if version else {})} for flow in body["flowConfigs"]]
        return {**body, "flowConfigs": flows, "source": "standalone"}


class Builder:
    """Compiles one script at a time, in its own thread. Reuses its Node.js processes."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "nangonb-sandbox-builder")
        self._compiler: Compiler | None = None

    async def build(
        self, code: str, *, integration: str = "function", kind: Kind | None = None, name: str = "function"
    ) -> Built:
        """Without ``kind``, the kind is that of the source.

        Raises: CompileFailed, NoEnvironment.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: self._build(code, integration, kind, name))

    async def check(self) -> None:
        """Raises: NoEnvironment."""
        await asyncio.get_running_loop().run_in_executor(self._thread, _check)

    def close(self) -> None:
        """Stop the processes."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        if self._compiler is not None:
            self._compiler.close()

    # In the thread

    def _build(self, code: str, integration: str, kind: Kind | None, name: str) -> Built:
        _check()
        makes = created(code)
        kind = kind or (makes[0] if makes else "sync")
        path = f"{integration}/{FOLDERS[kind]}/{name}.ts"
        if makes is None:
            reason = f"{path} has no default export of createSync, createAction or createOnEvent"
            raise CompileFailed(f"No script compiled: {reason}.")
        if self._compiler is None:
            self._compiler = Compiler()
        source = Source(path, code, 0, path)
        declarations = Declarations(evaluate)
        try:
            declarations.declare(
                read_script(kind, name, source, {"integration_id": integration}, "typescript")
            )
            project = declarations.project()
            _refuse([each for each in project.problems if each.severity == "error"])
            files = ProjectFiles(project, ZERO_YAML)
            _refuse(each for each in check(files) if each.severity == "error")
            made = package(files, self._compiler.compile(files))
        except ProjectError as error:
            problems = error.problems or (Problem("typescript-declaration", error.message, source.top),)
            raise CompileFailed(_printed(problems)) from None
        except ConfigurationError as error:
            raise NoEnvironment(error.message) from None
        except (NangonbError, ProcessDied, OutOfTime, ScriptFailure) as error:
            raise CompileFailed(str(error)) from None
        if not made.scripts:
            raise CompileFailed(f"{path} defines neither a sync nor an action.")
        return Built(project.scripts[0], path, made.scripts[0].js, made)


def _check() -> None:
    try:
        with node_for("The sandbox compiles scripts with"):
            find_node()
            installed()
    except ConfigurationError as error:
        raise NoEnvironment(f"{error.message} {error.hint}".strip()) from None


def _refuse(problems: Iterable[Problem]) -> None:
    errors = list(problems)
    if errors:
        raise ProjectError("The script does not compile.", problems=errors)


def _printed(problems: Iterable[Problem]) -> str:
    """Format problems like the compiler."""
    unique = list(dict.fromkeys(replace(each, hint="") for each in problems))
    lines = ["✗ Typechecking"]
    for each in unique:
        place = each.place
        where = "index.ts:1:1"
        if place is not None:
            where = f"{place.source}:{place.line or 1}:{place.column or 1}"
        code = each.code.upper().replace("TS-", "TS") if each.code.startswith("ts-") else each.code
        lines.append(f"  {where} - error {code}: {each.message}")
    return "\n".join([*lines, "", f"Found {len(unique)} error{'s' if len(unique) > 1 else ''}"])

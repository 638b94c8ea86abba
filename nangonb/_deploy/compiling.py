"""Scripts → what Nango runs: bundled, and loaded once as its runner loads them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from nangonb._export import ProjectFiles
from nangonb._node import Bundle, Bundler, NodeProcess, OutOfTime, ProcessDied, ScriptFailure
from nangonb._project import Problem, Script
from nangonb.errors import ProjectError

_LOAD_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class Compiled:
    """``ts`` and ``js`` are the texts that are sent; ``declared`` is what ``js`` says once it is loaded."""

    script: Script
    path: str
    ts: str
    js: str
    declared: Mapping[str, Any]


class Compiler:
    """Two Node.js processes, which are kept: one bundles, the other loads what came out."""

    def __init__(self) -> None:
        self._bundler = Bundler()
        self._host = NodeProcess()

    def compile(self, files: ProjectFiles) -> list[Compiled]:
        """All scripts, in the order of their keys.

        Raises:
            ProjectError: some cannot be bundled, or end with an error when they are loaded.
            NodeMissing, ConfigurationError: there is no Node.js, or npm could not install esbuild.
        """
        try:
            bundles, forbidden = self._bundler.bundle(files.typescript, list(files.scripts))
        except ProcessDied as error:
            raise ProjectError(f"{error} Nothing was deployed.") from None
        problems = [
            Problem("does-not-bundle", f"{fault.text}.", files.place(*_at(fault)), _HINT)
            for bundle in bundles.values()
            for fault in bundle.errors
        ]
        problems += [
            Problem(
                "constructor-call",
                "The server refuses scripts that call something named constructor.",
                files.place(*_at(fault)),
                "Give the method another name.",
            )
            for fault in forbidden
        ]
        done: list[Compiled] = []
        for path, script in sorted(files.scripts.items(), key=lambda item: item[1].key):
            bundle = bundles[path]
            found = None if bundle.errors else self._loaded(files, path, bundle)
            if isinstance(found, Problem):
                problems.append(found)
            elif found is not None:
                js = bundle.with_map if files.layout.style == "zero" else bundle.js
                done.append(Compiled(script, path, files.texts[path], js, found))
        if problems:
            raise ProjectError(
                "The scripts cannot be deployed. Nothing was deployed.",
                problems=list(dict.fromkeys(problems)),
            )
        return done

    def close(self) -> None:
        self._bundler.close()
        self._host.close()

    def _loaded(self, files: ProjectFiles, path: str, bundle: Bundle) -> Mapping[str, Any] | Problem:
        place, hint = files.place(path), ""
        try:
            found = self._host.load(
                {"entry": path.replace(".ts", ".cjs"), "bundle": bundle.with_map},
                deadline=time.monotonic() + _LOAD_SECONDS,
            )
        except ScriptFailure as error:
            said = f"{error.name}: {error.text}"
            own = [each for each in error.frames if each.file in files.texts]
            frame = next((each for each in own if files.wrote(each.file, each.line)), next(iter(own), None))
            if frame is not None:
                place = files.place(frame.file, frame.line, frame.column)
        except ProcessDied as error:
            said = str(error)
        except OutOfTime:
            said = f"loading it takes longer than {_LOAD_SECONDS:g} s"
            hint = "What stands outside of functions runs when the script is loaded: it should only declare."
        else:
            style = files.layout.style
            if found["style"] == style:
                return found
            said = "its default export is not what Nango calls"
            hint = (
                "export default async function … " if style == "yaml" else "export default createSync({ … })"
            )
        message = f"Nango could not load the script: {said}"
        return Problem("does-not-load", message if said.endswith(".") else f"{message}.", place, hint)


_HINT: Final = "Scripts import one another by relative paths, and of packages those that Nango's runner has."


def _at(fault: Any) -> tuple[str, int | None, int | None]:
    return fault.file, fault.line, fault.column

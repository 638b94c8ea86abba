"""Scripts → bundles: one CommonJS file each, made by esbuild in a Node.js process that is kept."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from nangonb.node.find import find_node
from nangonb.node.packages import installed
from nangonb.node.process import ProcessDied

_PROGRAM: Final = Path(__file__).parent / "host" / "bundler.mjs"
_TAIL: Final = 2_000


@dataclass(frozen=True, slots=True)
class Fault:
    """What keeps a script from being bundled; ``line`` and ``column`` count from 1, or are None."""

    text: str
    file: str
    line: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Bundle:
    """``js`` is the bundle, without a source map; ``map`` that map, as JSON. Where there are ``faults``, both
    are empty."""

    js: str
    map: str
    faults: tuple[Fault, ...] = ()

    @property
    def with_map(self) -> str:
        """The bundle with its source map inline, as today's CLI sends it."""
        encoded = base64.b64encode(self.map.encode()).decode()
        return f"{self.js}//# sourceMappingURL=data:application/json;base64,{encoded}\n"


class Bundler:
    """Started when it is first needed, and again after it died. Not for several threads at once.

    It reads nothing from a disk but esbuild (and the TypeScript compiler, where a script calls something
    named ``constructor``), and runs nothing of what it bundles.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._said: IO[bytes] | None = None

    def bundle(
        self, files: Mapping[str, str], entries: Sequence[str]
    ) -> tuple[dict[str, Bundle], list[Fault]]:
        """The bundle of each entry, and the calls of ``x.constructor(…)`` that Nango's server refuses.

        ``files`` are path → TypeScript; relative imports are inlined, what Nango's runner has stays outside.

        Raises:
            NodeMissing, ConfigurationError: there is no Node.js, or no esbuild.
            ProcessDied: Node.js ended in the middle of it.
        """
        answer = self._ask({"files": dict(files), "entries": list(entries)})
        bundles = {
            entry: Bundle(one.get("js", ""), one.get("map", ""), tuple(map(_fault, one.get("errors") or ())))
            for entry, one in answer["bundles"].items()
        }
        return bundles, [_fault({"text": "", **one}) for one in answer["forbidden"]]

    def close(self) -> None:
        """End the process, if there is one."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout, self._said):
                if stream is not None:
                    stream.close()

    def _ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        process = self._started()
        assert process.stdin is not None and process.stdout is not None
        try:
            # ASCII: what stands in a script may hold half a character
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except BrokenPipeError:
            line = b""
        except BaseException:
            self.close()  # or the next question would get the answer of this one
            raise
        answer: dict[str, Any] = json.loads(line) if line.endswith(b"\n") else {"error": self._tail()}
        if "error" in answer:
            self.close()
            raise ProcessDied(f"Node.js could not bundle the scripts. {answer['error']}".strip())
        return answer

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self.close()
        node, packages = find_node(), installed()
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        self._process = subprocess.Popen(
            [node.path, "--no-warnings", str(_PROGRAM), str(packages)],
            env={"TZ": "UTC", "PATH": os.environ.get("PATH", "")},
            cwd=os.sep,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            start_new_session=True,  # the stop button of a kernel is ours
        )
        return self._process

    def _tail(self) -> str:
        if self._said is None:
            return ""
        self._said.seek(0)
        return self._said.read().decode("utf-8", "replace")[-_TAIL:].strip()


def _fault(said: Mapping[str, Any]) -> Fault:
    return Fault(said["text"], said["file"], said.get("line"), said.get("column"))

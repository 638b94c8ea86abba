"""The lines to type that hints name: ``%nango_dryrun NAME``, or ``nangonb dryrun SOURCE NAME``."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import Literal

from nangonb._session.config import Config

#: How hints spell the verbs: as magics, or as commands.
Door = Literal["notebook", "command"]


@dataclass(frozen=True)
class Lines:
    """``sources`` are the notebooks and folders that a command was given."""

    config: Config
    door: Door
    sources: tuple[str, ...] = ()

    def verb(
        self,
        verb: str,
        *words: str,
        environment: str = "",
        integration_id: str | None = None,
        variant: str = "base",
        every_source: bool = False,
        needs_source: bool = False,
    ) -> str:
        """The line of a verb with these words and options.

        A command gets its first source, or all of them (``every_source``). ``needs_source`` writes ``SOURCE``
        where none was given. An environment is named only where it is not the usual one.
        """
        if self.door == "notebook":
            line = [f"%nango_{verb}"]
        else:
            sources = self.sources if every_source else self.sources[:1]
            line = [f"nangonb {verb}", *(sources or (("SOURCE",) if needs_source else ()))]
            line[1:] = map(shlex.quote, line[1:])
        line += map(shlex.quote, words)
        if variant != "base":
            line += ["--variant", shlex.quote(variant)]
        if integration_id:
            line += ["--integration-id", shlex.quote(integration_id)]
        if environment and environment != self.config.usual_environment:
            line += ["-e", shlex.quote(environment)]
        return " ".join(line)

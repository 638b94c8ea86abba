"""Deploying: what is sent, the question, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from nangonb._project import TYPESCRIPT, ZERO_YAML
from nangonb._session.connections import Connections
from nangonb._session.context import Context
from nangonb._session.front import ask_terminal
from nangonb._session.workspace import Workspace
from nangonb._text import printable
from nangonb.errors import DeployError, Interrupted, ProjectError

if TYPE_CHECKING:
    from nangonb._deploy import (
        Compiler,
        Deploying,
        DeployingFunctions,
        Deployment,
        Plan,
    )
    from nangonb._session.config import Target

_YES = ("y", "yes")
_NO = ("", "n", "no")
_STARTED = 3


class Deployer:
    """Prepares deployments, asks, and says what to do next. It keeps the compiler for the next one."""

    def __init__(self, context: Context, workspace: Workspace, connections: Connections) -> None:
        self._context, self._workspace, self._connections = context, workspace, connections
        self._compiler: Compiler | None = None

    def by_bundle(self, target: Target, layout: str | None) -> Deploying:
        """Everything is checked and bundled here."""
        from nangonb._check import problems
        from nangonb._deploy import Compiler, Deploying, prepare
        from nangonb._export import ProjectFiles
        from nangonb._node import OutOfTime, ProcessDied, ScriptFailure, node_for

        chosen = self._workspace.layout(layout, TYPESCRIPT, kind="layout that can be deployed")
        files = ProjectFiles(self._workspace.project, chosen)
        if self._compiler is None:
            self._compiler = Compiler()
        with node_for("Deploying checks types and bundles scripts with"):
            try:
                found = problems(files, self._context.locate_name)
            except (ProcessDied, OutOfTime, ScriptFailure) as error:
                raise ProjectError(
                    f"The types of the scripts could not be checked: {str(error) or 'it took too long'}. "
                    "Nothing was deployed."
                ) from None
            prepared = prepare(files, self._compiler, problems=found)
        return Deploying(prepared, self._connections.client(target), target.label)

    def by_source(self, target: Target, allow_destructive: bool) -> DeployingFunctions:
        """Nango compiles; here only what takes no Node.js is checked."""
        from nangonb._check import uncompiled_problems
        from nangonb._deploy import DeployingFunctions, prepare_functions
        from nangonb._export import ProjectFiles

        project = self._workspace.project
        found = uncompiled_problems(ProjectFiles(project, ZERO_YAML), self._context.locate_name)
        sources = prepare_functions(project, problems=found)
        return DeployingFunctions(sources, self._connections.client(target), target.label, allow_destructive)

    def close(self) -> None:
        """End the compiler."""
        if self._compiler is not None:
            self._compiler.close()
            self._compiler = None

    # The question

    def declined(
        self,
        plan: Plan,
        target: Target,
        options: Sequence[str],
        *,
        auto_confirm: bool,
        allow_destructive: bool,
    ) -> tuple[str, ...] | None:
        """None where the user wants it, else what there is to say about the answer.

        One question is for the plan, another one for what is deleted. ``options`` are those of the call,
        for the line to type where nobody can be asked.
        """
        count = sum(each.change != "deleted" for each in plan.scripts)
        confirmed = auto_confirm or (self._context.config.auto_confirm and not _is_production(target))
        options = [*options, "--auto-confirm"]
        if plan.destructive and not allow_destructive:
            options.append("--allow-destructive")
        if not confirmed:
            scripts = "1 script" if count == 1 else f"{count} scripts"
            answer = self._ask(f"Deploy {scripts} to {target.label}? [y/N] ", target, options)
            if answer.strip().lower() not in _YES:
                return _unclear(answer, "y or yes deploys")
        if plan.destructive and not allow_destructive:
            gone = "; ".join(plan.deletions)
            question = f"This permanently deletes, in {target.label}: {gone}. Type yes to delete it: "
            answer = self._ask(question, target, options)
            if answer.strip().lower() != "yes":
                return _unclear(answer, "only the full word yes deletes")
        return None

    def _ask(self, question: str, target: Target, options: Sequence[str]) -> str:
        ask = ask_terminal if self._context.front is None else self._context.front.ask
        try:
            answer = ask(question)
        except KeyboardInterrupt:
            raise Interrupted("The deployment was stopped at the question. Nothing was deployed.") from None
        if answer is None:
            raise DeployError(
                "This deployment needs a confirmation, and no terminal is connected. Nothing was deployed.",
                hint=f"Check the plan, then run: {self.line(target, *options)}",
            )
        return answer

    # What is said at the end

    def to_watch(self, done: Deployment, target: Target) -> Iterator[str]:
        """Lines that start what does not start by itself, and show what the deployed syncs do."""
        syncs = [each for each in done.scripts if each.kind == "sync"]
        if (
            syncs
            and target.is_sandbox
            and self._context.is_command
            and not self._connections.sandbox.keeps_state
        ):
            yield (
                "This sandbox ended with the command and its deployments are lost: "
                "nangonb sandbox --state DIR is one that lasts."
            )
            return
        waiting = {each.key for each in done.plan.of("new") if each.connections and each.auto_start is False}
        names = {
            each.key: each.name if sum(one.name == each.name for one in syncs) == 1 else each.key
            for each in syncs
        }

        def line(verb: str, *words: str) -> str:
            return self._context.lines.verb(verb, *words, environment=target.environment)

        for each in [each for each in syncs if each.key in waiting][:_STARTED]:
            yield f"It waits to be started: {line('start', names[each.key])}"
        for each in syncs[:1]:
            yield f"Watch it: {line('status', names[each.key])}"
            for model in each.models[:1]:
                yield f"Its records: {line('records', model)}"
        if len(syncs) > 1:
            yield f"All of them: {line('status')}"

    def line(self, target: Target, *options: str) -> str:
        """The line that deploys to ``target``."""
        return self._context.lines.verb("deploy", target.environment, *options, every_source=True)


def _unclear(answer: str, what: str) -> tuple[str, ...]:
    """What is said of an answer that is neither yes nor no."""
    given = answer.strip()
    return () if given.lower() in _NO else (f"The answer was {printable(given[:40])!r}; {what}.",)


def _is_production(target: Target) -> bool:
    return target.environment.lower().startswith("prod")

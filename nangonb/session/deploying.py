"""Deploying: check, show the plan, ask, deploy."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from nangonb.errors import DeployError, Interrupted, ProjectError, UnknownName, UsageError
from nangonb.project import Problem, Project
from nangonb.session.front import ask_terminal
from nangonb.session.homes import Homes
from nangonb.session.translated import refused, warnings
from nangonb.text import printable

if TYPE_CHECKING:
    from nangonb.deploy import (
        Compiler,
        Deploying,
        DeployingFunctions,
        Deployment,
        Plan,
    )
    from nangonb.project.elsewhere import LocateName
    from nangonb.session.config import Target

_YES = ("y", "yes")
_NO = ("", "n", "no")
_STARTED = 3


class Deploys(Homes):
    """The part of a session that deploys."""

    _compiler: Compiler | None = None

    def deploy(
        self,
        environment: str,
        *,
        plan: bool = False,
        auto_confirm: bool = False,
        allow_destructive: bool = False,
        layout: str | None = None,
        via: str | None = None,
    ) -> Deployment:
        """Deploy the scripts, for real: check everything, show what would change, ask, deploy.

        Only the scripts that are declared here are deployed; others of the environment are left alone.
        ``plan`` ends with the plan. ``auto_confirm`` does not ask, unless something is deleted;
        ``allow_destructive`` does not ask then, either. ``layout`` is ``nango-yaml`` or ``zero-yaml``, by
        default the second where a script declares itself. ``via="functions"`` sends TypeScript source,
        one script after the other, which Nango Cloud compiles: it needs no Node.js here.

        Raises:
            ProjectError: something would be refused, or does not load: nothing was sent.
            DeployError: Nango refused it, nobody can be asked, or it broke off; it says what is live.
            Interrupted: it was stopped; likewise.
            UnknownName, ConfigurationError: the layout, the environment, Node.js.
        """
        from nangonb.deploy import Deployment, with_next

        if via not in (None, "functions"):
            raise UnknownName("way to deploy", str(via), ["functions"])
        if via is not None and layout not in (None, "zero-yaml"):
            raise UsageError(
                f"--layout {layout} does not go with --via functions: that API takes zero-yaml only.",
                hint="Leave out one of the two.",
            )
        target = self.target(environment)
        named = [] if layout is None else ["--layout", layout]
        named += [] if via is None else ["--via", via]
        differing = self._differences()
        if differing and self.front is not None:
            self.front.notice(differing)
        deploying: Deploying | DeployingFunctions
        if via is None:
            deploying = self._by_bundle(target, layout)
        else:
            deploying = self._by_source(target, allow_destructive)
        planned = deploying.plan()
        if plan:
            line = self._deploy_line(target, *named)
            return Deployment("planned", planned, next=(f"Deploy it: {line}",))
        if self.front is not None:
            self.front.show(planned)
        confirmed = auto_confirm or (self.config.auto_confirm and not _is_production(target))
        declined = self._declined(planned, target, named, confirmed, allow_destructive)
        if declined is not None:
            return Deployment("declined", planned, next=declined, shown=self.front is not None)
        done = deploying.deploy(planned)
        return with_next(done, list(self._to_watch(done, target)), shown=self.front is not None)

    def _by_bundle(self, target: Target, layout: str | None) -> Deploying:
        """Everything is checked and bundled here."""
        from nangonb.deploy import Compiler, Deploying, layout_for, prepare
        from nangonb.node import node_for

        project, locate = self.project, self._locate_name()
        layout = layout or layout_for(project)
        if self._compiler is None:
            self._compiler = Compiler()
        with node_for("Deploying checks types and bundles scripts with"):
            prepared = prepare(
                project,
                layout,
                self._compiler,
                refused=[*refused(project, layout, locate), *_untyped(project, layout)],
                warnings=[*project.problems, *warnings(project, locate_name=locate, layout=layout)],
            )
        return Deploying(prepared, self.client(target), target.label)

    def _by_source(self, target: Target, allow_destructive: bool) -> DeployingFunctions:
        """Nango compiles; here only what takes no Node.js is checked."""
        from nangonb.deploy import DeployingFunctions, prepare_functions

        project, locate = self.project, self._locate_name()
        sources = prepare_functions(
            project,
            refused=refused(project, "zero-yaml", locate),
            warnings=[*project.problems, *warnings(project, locate_name=locate, layout="zero-yaml")],
        )
        return DeployingFunctions(sources, self.client(target), target.label, allow_destructive)

    def close(self) -> None:
        """Close what is open."""
        super().close()
        if self._compiler is not None:
            self._compiler.close()
            self._compiler = None

    def _differences(self) -> list[Problem]:
        raise NotImplementedError

    def _locate_name(self) -> LocateName | None:
        raise NotImplementedError

    # The question

    def _declined(
        self, plan: Plan, target: Target, named: Sequence[str], confirmed: bool, allow_destructive: bool
    ) -> tuple[str, ...] | None:
        """None where the user wants it, else what there is to say about the answer.

        One question is for the plan, another one for what is deleted. ``named`` are options of the call, for
        the line to type where nobody can be asked.
        """
        count = sum(each.change != "deleted" for each in plan.scripts)
        options = [*named, "--auto-confirm"]
        if plan.destructive and not allow_destructive:
            options.append("--allow-destructive")
        if not confirmed:
            scripts = "1 script" if count == 1 else f"{count} scripts"
            answer = self._ask(f"Deploy {scripts} to {target.label}? [y/N] ", target, options)
            if answer.strip().lower() not in _YES:
                return _unclear(answer, "y or yes deploys")
        if plan.destructive and not allow_destructive:
            gone = "; ".join(plan.deletions)
            question = f"This deletes for good, in {target.label}: {gone}. Type yes to delete it: "
            answer = self._ask(question, target, options)
            if answer.strip().lower() != "yes":
                return _unclear(answer, "only the whole word yes deletes")
        return None

    def _ask(self, question: str, target: Target, options: Sequence[str]) -> str:
        ask = ask_terminal if self.front is None else self.front.ask
        try:
            answer = ask(question)
        except KeyboardInterrupt:
            raise Interrupted("The deployment was stopped at the question. Nothing was deployed.") from None
        if answer is None:
            raise DeployError(
                "Nobody can be asked here whether to go on. Nothing was deployed.",
                hint=f"Look at the plan; if it is right: {self._deploy_line(target, *options)}",
            )
        return answer

    # What is said at the end

    def _to_watch(self, done: Deployment, target: Target) -> Iterator[str]:
        """Lines that start what does not start by itself, and show what the deployed syncs do."""
        syncs = [each for each in done.scripts if each.kind == "sync"]
        if syncs and target.is_sandbox and self.door == "command" and not self._sandbox.keeps_state:
            yield (
                "This sandbox ended with the command, and what was deployed there is gone: "
                "nangonb sandbox --state DIR is one that lasts."
            )
            return
        waiting = {each.key for each in done.plan.of("new") if each.connections and each.auto_start is False}
        names = {
            each.key: each.name if sum(one.name == each.name for one in syncs) == 1 else each.key
            for each in syncs
        }
        for each in [each for each in syncs if each.key in waiting][:_STARTED]:
            yield f"It waits to be started: {self._words('start', names[each.key], target=target)}"
        for each in syncs[:1]:
            yield f"Watch it: {self._words('status', names[each.key], target=target)}"
            for model in each.models[:1]:
                yield f"Its records: {self._words('records', model, target=target)}"
        if len(syncs) > 1:
            yield f"All of them: {self._words('status', target=target)}"

    def _deploy_line(self, target: Target, *options: str) -> str:
        words = [target.environment, *options]
        if self.door == "notebook":
            return " ".join(["%nango_deploy", *map(shlex.quote, words)])
        return " ".join(["nangonb deploy", *map(shlex.quote, (*self.named_sources, *words))])

    def _words(self, verb: str, *words: str, target: Target) -> str:
        """The line to type for another verb."""
        sources = self.named_sources[:1] if self.door == "command" else ()
        line = [f"%nango_{verb}" if self.door == "notebook" else f"nangonb {verb}"]
        line += [shlex.quote(word) for word in (*sources, *words)]
        if target.environment != self.config.usual_environment:
            line += ["-e", shlex.quote(target.environment)]
        return " ".join(line)


def _unclear(answer: str, what: str) -> tuple[str, ...]:
    """What is said of an answer that is neither yes nor no."""
    given = answer.strip()
    return () if given.lower() in _NO else (f"The answer was {printable(given[:40])!r}; {what}.",)


def _is_production(target: Target) -> bool:
    return target.environment.lower().startswith("prod")


def _untyped(project: Project, layout: str) -> list[Problem]:
    """What keeps the layout's CLI from compiling the scripts. Raises ProjectError, ConfigurationError."""
    from nangonb.check import translation_refused, typescript_refused
    from nangonb.node import OutOfTime, ProcessDied, ScriptFailure

    try:
        return [*typescript_refused(project, layout), *translation_refused(project, layout)]
    except (ProcessDied, OutOfTime, ScriptFailure) as error:
        raise ProjectError(
            f"The types of the scripts could not be checked: {str(error) or 'it took too long'}. "
            "Nothing was deployed."
        ) from None

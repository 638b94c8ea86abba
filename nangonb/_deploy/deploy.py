"""Check, plan, deploy. Nothing is changed in Nango before :meth:`Deploying.deploy`."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from nangonb._deploy.compiling import Compiler
from nangonb._deploy.live import Live, changed, snapshot
from nangonb._deploy.payload import Package, package
from nangonb._deploy.plan import Plan, plan_of
from nangonb._deploy.refusals import NOTHING, refusal
from nangonb._deploy.result import Deployment, deployed_scripts
from nangonb._deploy.rules import server_rules
from nangonb._export import ProjectFiles
from nangonb._nango import Client, never_sent
from nangonb._project import Problem, Project
from nangonb.errors import ApiError, DeployError, Interrupted, NangonbError, NetworkError, ProjectError


@dataclass(frozen=True)
class Prepared:
    """A project that is checked, bundled and packed. ``warnings`` keep nothing from being deployed."""

    files: ProjectFiles
    package: Package
    warnings: tuple[Problem, ...] = ()


def prepare(
    files: ProjectFiles, compiler: Compiler, *, problems: Sequence[Problem] | None = None
) -> Prepared:
    """Check everything that can be checked without Nango, and make what is sent.

    ``problems`` are what a check of the files says; without it, what the project and the layout refuse.

    Raises:
        ProjectError: the CLI or the server would refuse something, or it does not load.
        ConfigurationError: there is no Node.js.
    """
    problems = [*files.declared, *files.problems] if problems is None else problems
    refuse(files.project, problems)
    made = package(files, compiler.compile(files))
    if refused := server_rules(files, made):
        raise ProjectError(f"Nango would refuse the deployment. {NOTHING}", problems=refused)
    return Prepared(files, made, tuple(each for each in problems if each.severity == "warning"))


def refuse(project: Project, problems: Iterable[Problem], way: str = "") -> None:
    """Raises ProjectError where something keeps the project from being deployed."""
    errors = list(dict.fromkeys(each for each in problems if each.severity == "error"))
    if errors:
        raise ProjectError(f"The project cannot be deployed{way}. {NOTHING}", problems=errors)
    if not project.scripts:
        raise ProjectError(
            f"There is nothing to deploy: no cell has a script. {NOTHING}",
            hint="%%nango_sync NAME, or %%nango_sync_ts NAME, begins one.",
        )


@dataclass
class Deploying:
    """One deployment: first :meth:`plan`, then :meth:`deploy`. ``target`` is the name of the Nango."""

    prepared: Prepared
    client: Client
    target: str
    _before: Live | None = field(default=None, init=False)

    def plan(self) -> Plan:
        """What would happen, as Nango says it.

        Raises:
            DeployError: Nango refuses it, or does not answer. Nothing was deployed.
            Interrupted: it was stopped; likewise.
        """
        made = self.prepared.package
        try:
            answer = self.client.deploys.plan(made.confirmation(), made.layout.cli)
            self._before = snapshot(self.client)
        except KeyboardInterrupt:
            raise Interrupted(f"The deployment was stopped. {NOTHING}") from None
        except (ApiError, NetworkError) as error:
            raise self._refusal(error) from None
        return plan_of(
            answer,
            target=self.target,
            layout=made.layout,
            sent=[
                (one.script.kind, one.script.integration or "", one.script.name)
                for one in (*made.scripts, *made.on_event_scripts)
            ],
            models={
                one.script.key: tuple(flow["models"])
                for one, flow in zip(made.scripts, made.flows, strict=True)
                if one.script.kind == "sync"
            },
            live=self._before,
            problems=self.prepared.warnings,
        )

    def deploy(self, plan: Plan) -> Deployment:
        """Deploy what was planned.

        Raises:
            DeployError: it was refused, or broke off; the message says what is live, as far as Nango tells.
            Interrupted: it was stopped; likewise.
        """
        made = self.prepared.package
        started = time.perf_counter()
        try:
            answer = self.client.deploys.deploy(made.deployment(), made.layout.cli)
        except KeyboardInterrupt:
            found = self._broken_off("It was stopped while Nango deployed.")
            raise Interrupted(found.message, hint=found.hint) from None
        except NetworkError as error:
            if never_sent(error):
                raise self._refusal(error) from None
            raise self._broken_off(error.message, error.hint, error.code or "") from None
        except ApiError as error:
            if 400 <= error.status < 500:
                raise self._refusal(error) from None
            raise self._broken_off(error.message, error.hint, error.code) from None
        events = [(one.script.integration or "", one.script.name) for one in made.on_event_scripts]
        seconds = time.perf_counter() - started
        return Deployment("deployed", plan, deployed_scripts(answer, made.flows, events), seconds)

    def _refusal(self, error: NangonbError) -> DeployError:
        return refusal(error, self.prepared.files, self.prepared.package, self.client, self.target)

    def _broken_off(self, said: str, hint: str = "", code: str = "") -> DeployError:
        """Nango may have deployed, or some of it, or not: it is asked what is live."""
        scripts = self.prepared.package.scripts
        keys = [one.script.key for one in scripts]
        after = None if self._before is None else snapshot(self.client)
        if self._before is None or after is None:
            unknown = f"{said} It is not known whether {_these(keys)} deployed, or not."
            return DeployError(unknown, code=code, deployed=None, hint=_lines(hint, _LOOK))
        live = changed(self._before, after, scripts)
        missing = [key for key in keys if key not in live]
        if not missing:
            text = f"{said} All the same Nango has deployed {', '.join(live)}."
            return DeployError(text, code=code, deployed=True, live=live, hint=hint)
        if not live:
            text = f"{said} Nango has deployed nothing of it until now."
            return DeployError(text, code=code, deployed=None, hint=_lines(hint, _STILL))
        text = f"{said} Deployed: {', '.join(live)}. Not deployed: {', '.join(missing)}."
        return DeployError(text, code=code, deployed=None, live=live, hint=_lines(hint, _STILL))


_LOOK = "Once Nango answers, the plan (--plan) shows the versions that are live. Deploying again is safe."
_STILL = "It may still be at it: the plan (--plan) shows the versions that are live. Deploying again is safe."


def _these(keys: Sequence[str]) -> str:
    return f"{keys[0]} is" if len(keys) == 1 else f"the {len(keys)} scripts are"


def _lines(*parts: str) -> str:
    return "\n".join(part for part in parts if part)


def with_next(deployment: Deployment, lines: Sequence[str], *, shown: bool) -> Deployment:
    """The same, with the lines to type next."""
    return dataclasses.replace(deployment, next=tuple(lines), shown=shown)

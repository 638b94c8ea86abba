"""Deploying by Nango Cloud's functions API: each script as TypeScript source, which is compiled there.

It takes no Node.js here. There is no plan to ask for: what is live says what would be new, and a compilation
that everything would be taken.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from nangonb._deploy.deploy import refuse
from nangonb._deploy.plan import Plan, PlannedScript
from nangonb._deploy.refusals import NOTHING, unknown_integration
from nangonb._deploy.result import DeployedScript, Deployment
from nangonb._dryrun.functions_host import compile_problems, message_of
from nangonb._nango import ApiResponseError, Client, DeployedFunction, never_sent
from nangonb._project import FOLDERS, ZERO_YAML, Problem, Project, Script
from nangonb._translate import SingleFile, single_file
from nangonb.errors import ApiError, DeployError, Interrupted, NetworkError, ProjectError

OnScript = Callable[[str, str, float], None]
"""Is told the key of a script, the state of its deployment and the seconds since that began."""

_OWN: Final = frozenset({"compilation_error", "deployment_error", "invalid_body", "invalid_request"})
"""Codes that are about one script: the others may be deployed all the same."""


@dataclass(frozen=True)
class FunctionSources:
    """Scripts with what is sent of them. ``warnings`` keep nothing from being deployed."""

    scripts: tuple[tuple[Script, SingleFile], ...]
    warnings: tuple[Problem, ...] = ()


def prepare_functions(project: Project, *, problems: Sequence[Problem] | None = None) -> FunctionSources:
    """The source of each script, modules included. Nothing is asked of Nango. ``problems`` are what a check
    of the project says; without it, what the project says itself.

    Raises:
        ProjectError: something is declared wrongly, or cannot be put into one TypeScript file.
    """
    made = [(script, single_file(project, script)) for script in project.scripts]
    problems = list(project.problems if problems is None else problems)
    errors = [*problems, *(each for _, source in made for each in source.problems)]
    refuse(project, errors, " by the functions API")
    return FunctionSources(tuple(made), tuple(each for each in problems if each.severity == "warning"))


@dataclass
class DeployingFunctions:
    """One deployment, as :class:`nangonb._deploy.Deploying`: first :meth:`plan`, then :meth:`deploy`."""

    sources: FunctionSources
    client: Client
    target: str
    allow_destructive: bool = False
    on_script: OnScript | None = None
    _live: list[DeployedScript] = field(default_factory=list, init=False)
    _failed: dict[str, list[Problem]] = field(default_factory=dict, init=False)

    def plan(self) -> Plan:
        """What would happen. Each script is compiled by Nango; nothing is stored.

        Raises:
            ProjectError: Nango cannot compile a script: ``problems`` say where.
            DeployError: Nango refuses, or does not answer; nothing was deployed.
            Interrupted: it was stopped; likewise.
        """
        try:
            missing = unknown_integration(
                [script.integration for script, _ in self.sources.scripts], self.client, self.target
            )
            if missing is not None:
                raise missing
            live = self._versions()
            self._compile()
        except KeyboardInterrupt:
            raise Interrupted(f"The deployment was stopped. {NOTHING}") from None
        except (ApiError, NetworkError) as error:
            raise DeployError(f"{error.message} {NOTHING}", code=error.code or "", hint=error.hint) from None
        planned = [
            PlannedScript(
                "updated" if (script.integration, script.kind, script.name) in live else "new",
                script.kind,
                script.integration or "",
                script.name,
                version=live.get((script.integration, script.kind, script.name), ""),
            )
            for script, _ in self.sources.scripts
        ]
        ordered = sorted(planned, key=lambda each: (each.change == "updated", each.key))
        return Plan(self.target, ZERO_YAML.name, "", tuple(ordered), problems=self.sources.warnings)

    def deploy(self, plan: Plan) -> Deployment:
        """Deploy one script after the other. What one of them is refused for does not keep the others back.

        Raises:
            DeployError: some were refused, or it broke off: the message says which are live.
            Interrupted: it was stopped; likewise.
        """
        started = time.perf_counter()
        for script, made in self.sources.scripts:
            try:
                self._deploy(script, made)
            except KeyboardInterrupt:
                broken = self._broken_off(f"It was stopped while Nango deployed {script.key}.", script)
                raise Interrupted(broken.message, hint=broken.hint) from None
            except NetworkError as error:
                known = never_sent(error)
                raise self._broken_off(
                    error.message, script, error.hint, error.code or "", known=known
                ) from None
            except ApiError as error:
                known = 400 <= error.status < 500
                raise self._broken_off(error.message, script, error.hint, error.code, known=known) from None
        if self._failed:
            problems = [problem for found in self._failed.values() for problem in found]
            raise DeployError(
                f"Nango refused {_listed(list(self._failed))}. {self._said()}",
                deployed=None if self._live else False,
                live=[each.key for each in self._live],
                problems=problems,
                hint="Those that are deployed need not be deployed again." if self._live else "",
            )
        return Deployment("deployed", plan, tuple(self._live), time.perf_counter() - started)

    # Within

    def _versions(self) -> dict[tuple[str | None, str, str], str]:
        """What is live: integration, kind and name → version."""
        return {
            (home.get("providerConfigKey"), kind, str(each.get("name"))): str(each.get("version") or "")
            for home in self.client.deploys.scripts()
            for kind, folder in FOLDERS.items()
            for each in home.get(folder) or ()
        }

    def _compile(self) -> None:
        problems: list[Problem] = []
        for script, made in self.sources.scripts:
            try:
                self.client.functions.compile(made.code)
            except ApiResponseError as error:
                if error.code != "compilation_error":
                    raise
                problems += compile_problems(script, made, message_of(error))
        if problems:
            found = list(dict.fromkeys(problems))
            raise ProjectError(f"Nango could not compile the scripts. {NOTHING}", problems=found)

    def _deploy(self, script: Script, made: SingleFile) -> None:
        kind: Literal["sync", "action"] = "sync" if script.kind == "sync" else "action"

        def tell(status: str, seconds: float) -> None:
            if self.on_script is not None:
                self.on_script(script.key, status, seconds)

        try:
            job = self.client.functions.start_deployment(
                made.code,
                integration_id=script.integration or "",
                function_name=script.name,
                function_type=kind,
                allow_destructive=self.allow_destructive,
            )
        except ApiResponseError as error:
            if error.code not in _OWN:
                raise
            self._refused(script, made, error.code, message_of(error) or error.message)
            return
        ended = self.client.functions.await_deployment(job.id, on_status=tell)
        if ended.error is not None:
            self._refused(script, made, ended.error.code, ended.error.message or ended.output)
        else:
            self._live.append(_deployed(script, ended))

    def _refused(self, script: Script, made: SingleFile, code: str, said: str) -> None:
        if code == "compilation_error":
            self._failed[script.key] = compile_problems(script, made, said)
            return
        hint = ""
        if "overwrite" in said:
            hint = (
                "It was deployed in another way, by Nango's CLI or without --via functions, and can be "
                "changed in that way only."
            )
        elif "destructive" in said.lower():
            hint = "--allow-destructive lets it delete what it no longer has."
        message = f"{script.key}: {said.strip() or code}"
        self._failed[script.key] = [Problem("server-refused", message, script.source.top, hint)]

    def _broken_off(
        self, said: str, script: Script, hint: str = "", code: str = "", *, known: bool = False
    ) -> DeployError:
        """``known``: that script is not deployed, and not perhaps."""
        unsure = "" if known else f" It is not known whether {script.key} is, or will be."
        look = "The plan (--plan) shows the versions that are live. Deploying again is safe."
        return DeployError(
            f"{said} {self._said()}{unsure}",
            code=code,
            deployed=False if known and not self._live else None,
            live=[each.key for each in self._live],
            problems=[problem for found in self._failed.values() for problem in found],
            hint="\n".join(line for line in (hint, look) if line),
        )

    def _said(self) -> str:
        """``Deployed: a. Not deployed: b.``"""
        live = [each.key for each in self._live]
        if not live:
            return NOTHING
        missing = [script.key for script, _ in self.sources.scripts if script.key not in live]
        return f"Deployed: {', '.join(live)}. Not deployed: {', '.join(missing)}."


def _deployed(script: Script, ended: DeployedFunction) -> DeployedScript:
    version = next((version for name, version in ended.functions if name == script.name), "")
    return DeployedScript(
        script.kind,
        script.integration or "",
        script.name,
        version,
        script.config.runs,
        tuple(script.config.output),
    )


def _listed(keys: Sequence[str]) -> str:
    return keys[0] if len(keys) == 1 else f"{', '.join(keys[:-1])} and {keys[-1]}"

"""What a deployment did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from nangonb._deploy.plan import Plan
from nangonb._project import FOLDERS, Kind
from nangonb._render import DeploymentView, Displayable, deployment_html, deployment_text, plural

State = Literal["deployed", "planned", "declined"]


@dataclass(frozen=True, slots=True)
class DeployedScript:
    """A script that is live now, as Nango says."""

    kind: Kind
    integration: str
    name: str
    version: str
    runs: str | None = None
    models: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return f"{self.integration}/{FOLDERS[self.kind]}/{self.name}"


@dataclass(frozen=True, repr=False)
class Deployment(Displayable):
    """``state`` is ``deployed``; ``planned`` where it ended with the plan; ``declined`` where the answer to
    the question was no. ``scripts`` are live now; ``next`` are lines to type. ``shown``: the plan was shown
    before."""

    state: State
    plan: Plan
    scripts: tuple[DeployedScript, ...] = ()
    seconds: float = 0.0
    next: tuple[str, ...] = ()
    shown: bool = False

    @property
    def target(self) -> str:
        return self.plan.target

    @property
    def ok(self) -> bool:
        """Whether it was deployed, or was not to be."""
        return self.state != "declined"

    def text(self) -> str:
        parts = [] if self.shown else [self.plan.text()]
        return "\n\n".join([*parts, deployment_text(self._view())])

    def html(self) -> str:
        return ("" if self.shown else self.plan.html()) + deployment_html(self._view())

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        scripts = [
            {
                "kind": each.kind,
                "integration": each.integration,
                "name": each.name,
                "version": each.version,
                "runs": each.runs,
                "models": list(each.models),
            }
            for each in self.scripts
        ]
        return {"state": self.state, "plan": self.plan.as_dict(), "scripts": scripts}

    def _view(self) -> DeploymentView:
        from nangonb._render import elapsed

        if self.state == "planned":
            return DeploymentView(
                mark="■", head=[f"Nothing was deployed to {self.target}: --plan"], rows=[], lines=self.next
            )
        if self.state == "declined":
            return DeploymentView(
                mark="■", head=[f"Nothing was deployed to {self.target}"], rows=[], lines=self.next
            )
        head = [
            f"Deployed {plural(len(self.scripts), 'script')} to {self.target}",
            elapsed(self.seconds),
        ]
        rows = [
            (
                each.integration,
                each.kind,
                each.name,
                each.version,
                each.runs or "",
                ", ".join(each.models),
            )
            for each in self.scripts
        ]
        return DeploymentView(mark="✓", head=head, rows=rows, lines=self.next)


def deployed_scripts(
    answer: Sequence[Mapping[str, Any]],
    flows: Sequence[Mapping[str, Any]],
    on_events: Sequence[tuple[str, str]],
) -> tuple[DeployedScript, ...]:
    """What an answer of ``/sync/deploy`` says, and the on-event scripts, which it does not name.

    ``flows`` were sent: they say the interval of a script, which Nango does not always repeat. ``on_events``
    are pairs of integration and name.
    """
    runs = {(each["type"], each["providerConfigKey"], each["syncName"]): each.get("runs") for each in flows}
    found = [_script(item, runs) for item in answer]
    named = {each.key for each in found}
    for integration, name in on_events:
        one = DeployedScript("on-event", integration, name, "")
        if one.key not in named:
            found.append(one)
    return tuple(sorted(found, key=lambda each: each.key))


def _script(item: Mapping[str, Any], runs: Mapping[tuple[str, str, str], Any]) -> DeployedScript:
    kind: Kind = next((each for each in FOLDERS if each == item.get("type")), "sync")
    models = item.get("models")
    integration = str(item.get("providerConfigKey", ""))
    name = str(item.get("sync_name") or item.get("name") or "")
    interval = item.get("runs") or runs.get((kind, integration, name))
    return DeployedScript(
        kind,
        integration,
        name,
        str(item.get("version") or ""),
        interval if isinstance(interval, str) else None,
        tuple(map(str, models)) if isinstance(models, list) else (),
    )

"""What a deployment would do, as Nango says it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from nangonb._deploy.live import models_no_longer_saved
from nangonb._project import FOLDERS, Kind, Layout, Problem
from nangonb._render import Displayable, PlanView, plan_html, plan_text, plural

Change = Literal["new", "updated", "sent", "deleted"]
"""``sent`` is what Nango does not mention in its plan: an older one says nothing of what it has already."""
Sent = tuple[Kind, str, str]
"""Kind, integration and name of a script that is to be deployed."""
_KINDS: dict[Kind, str] = {"sync": "Syncs", "action": "Actions", "on-event": "OnEventScripts"}
_BY_SOURCE = "as TypeScript source, which Nango compiles"
_CHANGES: tuple[Change, ...] = ("new", "updated", "sent", "deleted")


@dataclass(frozen=True, slots=True)
class PlannedScript:
    """One script and what becomes of it. ``connections`` are those that a sync has; a new sync that is not
    started by itself (``auto_start``) touches none of them. Both are None where Nango does not say."""

    change: Change
    kind: Kind
    integration: str
    name: str
    connections: int | None = None
    auto_start: bool | None = None
    version: str = ""

    @property
    def key(self) -> str:
        return f"{self.integration}/{FOLDERS[self.kind]}/{self.name}"


@dataclass(frozen=True, repr=False)
class Plan(Displayable):
    """``scripts`` are in the order of the table; ``deleted_models`` lose their synced records.

    ``target`` names the Nango, ``layout`` and ``cli`` what the deployment is made like; without a ``cli`` it
    is by the functions API, which does not tell what it would delete. ``problems`` are warnings, which do not
    keep anything from being deployed.
    """

    target: str
    layout: str
    cli: str
    scripts: tuple[PlannedScript, ...]
    deleted_models: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def destructive(self) -> bool:
        """Whether something is deleted."""
        return bool(self.deleted_models) or any(each.change == "deleted" for each in self.scripts)

    @property
    def deletions(self) -> list[str]:
        """What is deleted, one sentence each."""
        said = []
        for each in self.scripts:
            if each.change == "deleted":
                records = ", with all records that it synced" if each.kind == "sync" else ""
                where = f" on {plural(each.connections, 'connection')}" if each.connections else ""
                said.append(f"{each.kind} {each.key}{where}{records}")
        return [*said, *(f"model {name}, with its synced records" for name in self.deleted_models)]

    def of(self, change: Change) -> list[PlannedScript]:
        return [each for each in self.scripts if each.change == change]

    def text(self) -> str:
        return plan_text(self._view())

    def html(self) -> str:
        return plan_html(self._view())

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "target": self.target,
            "layout": self.layout,
            "scripts": [
                {
                    "change": each.change,
                    "kind": each.kind,
                    "integration": each.integration,
                    "name": each.name,
                    "connections": each.connections,
                    "auto_start": each.auto_start,
                    "version": each.version,
                }
                for each in self.scripts
            ],
            "deleted_models": list(self.deleted_models),
        }

    def _view(self) -> PlanView:
        counts = [f"{len(self.of(change))} {change}" for change in _CHANGES if self.of(change)]
        return PlanView(
            target=self.target,
            made=f"layout {self.layout}, as by nango {self.cli}" if self.cli else _BY_SOURCE,
            counts=counts or ["nothing to deploy"],
            rows=[_row(each) for each in self.scripts if each.change != "deleted"],
            deletions=self.deletions,
            problems=self.problems,
        )


def _row(each: PlannedScript) -> tuple[str, str, str, str, str, str]:
    """change, integration, kind, script, live, effect"""
    effect = ""
    if each.kind == "sync" and each.connections is not None:
        there = plural(each.connections, "connection")
        if each.change == "updated":
            effect = there
        elif each.auto_start is False:
            effect = f"{there}: starts only when it is told to"
        elif each.connections and each.auto_start:
            effect = f"{there}: runs at once, then at its interval"
        else:
            effect = there
    mark = {"new": "+ new", "updated": "~ updated", "sent": "· sent", "deleted": "− deleted"}[each.change]
    return mark, each.integration, each.kind, each.name, each.version or "–", effect


def plan_of(
    answer: Mapping[str, Any],
    *,
    target: str,
    layout: Layout,
    sent: Sequence[Sent] = (),
    models: Mapping[str, Sequence[str]] | None = None,
    live: Mapping[str, Mapping[str, Any]] | None = None,
    problems: Sequence[Problem] = (),
) -> Plan:
    """The plan that an answer of ``/sync/deploy/confirmation`` holds.

    What an older Nango leaves out counts as empty, but each script of ``sent`` is in the plan. ``models`` are
    those of the syncs that are sent, by key; ``live`` is that of :func:`nangonb._deploy.live.snapshot`.
    """
    scripts = [
        _script(change, kind, item, live or {})
        for change in _CHANGES
        for kind, name in _KINDS.items()
        for item in _items(answer.get(change + name))
    ]
    said = {each.key for each in scripts}
    unsaid = [
        _script("sent", kind, {"providerConfigKey": integration, "name": name}, live or {})
        for kind, integration, name in sent
    ]
    scripts += [each for each in unsaid if each.key not in said]
    gone = answer.get("deletedModels")
    deleted = tuple(map(str, gone)) if isinstance(gone, list) else ()
    kept = [
        _kept(key, model)
        for key, model in models_no_longer_saved(live or {}, models or {})
        if model not in deleted
    ]
    return Plan(
        target,
        layout.name,
        layout.cli,
        tuple(sorted(scripts, key=lambda each: (_CHANGES.index(each.change), each.key))),
        deleted,
        (*problems, *kept, *_other_events(sent)),
    )


def _other_events(sent: Sequence[Sent]) -> Iterator[Problem]:
    """The plan of Nango lists only those of the integrations that are sent."""
    if any(kind == "on-event" for kind, _, _ in sent):
        yield Problem(
            "other-on-events",
            "With on-event scripts, Nango deactivates every other on-event script of the environment, those "
            "of integrations that are not in this plan too.",
            hint="Deploy all on-event scripts of the environment together.",
        )


def _kept(key: str, model: str) -> Problem:
    return Problem(
        "model-no-longer-saved",
        f"{key} no longer saves {model}. Its records stay in Nango as they are, and can still be read.",
    )


def _items(value: Any) -> Iterable[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _script(
    change: Change, kind: Kind, item: Mapping[str, Any], live: Mapping[str, Mapping[str, Any]]
) -> PlannedScript:
    connections = item.get("connections")
    integration, name = str(item.get("providerConfigKey", "")), str(item.get("name", ""))
    there = live.get(f"{integration}/{FOLDERS[kind]}/{name}", {})
    return PlannedScript(
        change,
        kind,
        integration,
        name,
        connections if isinstance(connections, int) and kind == "sync" else None,
        item["auto_start"] if isinstance(item.get("auto_start"), bool) else None,
        str(there.get("version") or ""),
    )

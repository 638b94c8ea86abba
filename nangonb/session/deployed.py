"""What the Project says of scripts that may be deployed: where a model or a sync belongs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from nangonb.errors import UsageError
from nangonb.project import Project
from nangonb.project.merging import declared_scripts

NOT_DEPLOYED: Final = (
    "It is declared here, and not deployed there: `%nango_deploy` or `nangonb deploy` does it."
)

NOTHING_DEPLOYED: Final = "No sync is deployed there. Declare one, then `%nango_deploy` or `nangonb deploy`."


def integrations_of_model(project: Project, model: str) -> list[str]:
    """The integrations with a sync that saves the model, sorted."""
    return sorted({integration for integration, _, models in _syncs(project) if model in models})


def integrations_of_sync(project: Project, name: str) -> list[str]:
    """The integrations that declare a sync of this name, sorted."""
    return sorted({integration for integration, sync, _ in _syncs(project) if sync == name})


def integrations_with_syncs(project: Project) -> list[str]:
    return sorted({integration for integration, _, _ in _syncs(project)})


def names_of_syncs_and_models(project: Project) -> list[str]:
    """What a misspelt name may have meant, sorted."""
    return sorted({name for _, sync, models in _syncs(project) for name in (sync, *models)})


def is_declared(project: Project, integration: str, name: str) -> bool:
    return integration in integrations_of_sync(project, name)


def models_of_syncs(project: Project, integration: str, states: Sequence[Mapping[str, Any]]) -> set[str]:
    """The models of deployed syncs: those that Nango counts, and those that they declare here."""
    found: set[str] = set()
    for state in states:
        for counts in (state.get("recordCount"), state.get("latestResult")):
            names_of = counts if isinstance(counts, Mapping) else ()
            found.update(str(model).partition("::")[0] for model in names_of)  # a variant's: Model::variant
    names = {state.get("name") for state in states}
    for home, sync, models in _syncs(project):
        if home == integration and sync in names:
            found.update(models)
    return found


def split_name(named: str) -> tuple[str | None, str]:
    """Integration and name of ``contacts``, ``salesforce/contacts`` or ``salesforce/syncs/contacts``.

    Raises: UsageError: it is another kind of script.
    """
    parts = named.split("/")
    if len(parts) == 3 and parts[1] != "syncs":
        raise UsageError(f"{named} is no sync.", hint=f"A sync is {parts[0]}/syncs/NAME.")
    return (parts[0], parts[-1]) if len(parts) in (2, 3) else (None, named)


def _syncs(project: Project) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Integration, name and models of every sync that is declared, whether a cell has it or not."""
    for _, integration, folder, name in declared_scripts(project.data):
        if folder == "syncs":
            entry = project.data["integrations"][integration]["syncs"][name]
            output = entry.get("output") if isinstance(entry, Mapping) else None
            models = output if isinstance(output, list) else [output] if output else []
            yield integration, name, tuple(map(str, models))
    for script in project.scripts:
        if script.kind == "sync" and script.integration is not None:
            yield script.integration, script.name, script.config.output

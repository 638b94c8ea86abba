"""Puts the parts of nango.yaml together that cells contribute."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from nangonb._project.problems import Place, Problem

Path = tuple[str | int, ...]
#: Gives the place of an entry, or of its key. Asked only when somebody wants to know: it reads the text.
Locate = Callable[[Path, bool], Place]


class Merge:
    """Puts contributions together, entry by entry. The first one wins a contradiction."""

    def __init__(self) -> None:
        self.data: dict[str, Any] = {}
        self.places: dict[Path, Locate] = {}
        self.problems: list[Problem] = []

    def add(self, data: Any, locate: Locate) -> None:
        if isinstance(data, dict):
            self._merge(self.data, data, (), locate)

    def _merge(self, into: dict[Any, Any], more: dict[Any, Any], path: Path, locate: Locate) -> None:
        for name, value in more.items():
            here: Path = (*path, name)
            if name not in into:
                into[name] = _copy(value)
                self._remember(here, value, locate)
                continue
            old = into[name]
            if isinstance(old, dict) and isinstance(value, dict) and _merges(here):
                self._merge(old, value, here, locate)
            elif (
                isinstance(old, list)
                and isinstance(value, list)
                and _merges(here[:-1])
                and "on-events" in here
            ):
                into[name] = old + [item for item in value if item not in old]
            elif (
                isinstance(old, dict) != isinstance(value, dict)
                and None not in (old, value)
                and _merges(here)
            ):
                if isinstance(value, dict):  # what is a mapping counts
                    self._not_a_mapping(here, old, self.places.get(here))
                    into[name] = _copy(value)
                    self._remember(here, value, locate)
                else:
                    self._not_a_mapping(here, value, locate)
            elif old is None:
                into[name] = _copy(value)
                self._remember(here, value, locate)
            elif value is not None and _canonical(old) != _canonical(value):
                self._contradiction(here, locate(here, False))

    def _contradiction(self, path: Path, place: Place) -> None:
        known = self.places.get(path)
        first = known(path, False) if known else None
        self.problems.append(
            Problem(
                "contradiction",
                f"{' > '.join(map(str, path))} is declared twice, with different values.",
                place,
                f"A dry run uses the value of {first}. Remove one of them before you export or deploy.",
                related=(first,) if first else (),
            )
        )

    def _not_a_mapping(self, path: Path, value: Any, locate: Locate | None) -> None:
        what = "a list" if isinstance(value, list) else f"`{value}`"
        hint = "Indent `key: value` lines under it" + (", without `- `." if isinstance(value, list) else ".")
        place = locate(path, True) if locate else None
        message = f"`{' > '.join(map(str, path))}` must be a mapping, not {what}."
        self.problems.append(Problem("invalid-value", message, place, hint))

    def _remember(self, path: Path, value: Any, locate: Locate) -> None:
        self.places[path] = locate
        children: Iterable[tuple[Any, Any]] = ()
        if isinstance(value, dict):
            children = value.items()
        elif isinstance(value, list):
            children = enumerate(value)
        for name, child in children:
            self._remember((*path, name), child, locate)


def _merges(path: Path) -> bool:
    """Whether the value at ``path`` is merged key by key: all except models."""
    return (path[0] == "integrations" and len(path) <= 4) or path == ("models",)


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _copy(child) for name, child in value.items()}
    return [_copy(child) for child in value] if isinstance(value, list) else value


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)


def declared_scripts(data: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """(integrations, ID, syncs|actions|on-events, NAME) of every script that nango.yaml names."""
    integrations = data.get("integrations")
    for integration, kinds in integrations.items() if isinstance(integrations, dict) else ():
        for folder, entries in kinds.items() if isinstance(kinds, dict) else ():
            if folder in ("syncs", "actions") and isinstance(entries, dict):
                for name in entries:
                    yield ("integrations", str(integration), folder, str(name))
            elif folder == "on-events" and isinstance(entries, dict):
                for names in entries.values():
                    for name in names if isinstance(names, list) else ():
                        yield ("integrations", str(integration), folder, str(name))


def magic_line(path: tuple[str, str, str, str]) -> str:
    """The line that a cell for this script begins with."""
    return f"%%nango_{path[2].removesuffix('s').replace('-', '_')} {path[3]}"

"""All scripts and modules of a Project as TypeScript."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from nangonb.errors import ProjectError
from nangonb.export.file import File, as_it_is
from nangonb.export.owners import notebook_of
from nangonb.project import Module, Problem, Project, Script, reachable
from nangonb.translate import WRAPPED, Layout, Modules, Translation, translate, translate_module, zero_style


def scripts_and_modules(project: Project, layout: Layout) -> list[File]:
    """One file for each. What is TypeScript already is written as it is; in layout zero-yaml, scripts that
    nango.yaml configures stand in a folder of their own, with all that they import, beside the files made of
    them.

    Raises:
        ProjectError: something cannot be carried over; ``problems`` has each, at its line.
    """
    modules = Modules(project)
    files: list[File] = []
    problems: list[Problem] = []
    places = _places(project, layout)

    def add(path: str, done: Translation, script: str | None, source: object) -> None:
        problems.extend(done.problems)
        files.append(File(f"{path}.ts", done.code, script, notebook_of(source)))  # type: ignore[arg-type]

    for script in project.scripts:
        is_wrapped = (layout, script.language, script.style) == ("zero-yaml", "typescript", "yaml")
        if script.language == "python" or is_wrapped:
            done = translate(project, script, layout, modules=modules)
            add(script.key, done, script.key, script.source)
        if script.language == "typescript":
            if layout == "nango-yaml" and script.style == "zero":
                problems.append(zero_style(script, layout))
            files += _as_they_are(script, places, None if is_wrapped else script.key)
    for module in project.modules:
        if module.language == "python":
            add(module.path, translate_module(project, module, layout, modules=modules), None, module.source)
        else:
            files += _as_they_are(module, places, None)
    refuse(problems)
    return _once(files)


def refuse(problems: Iterable[Problem]) -> None:
    """Raises ProjectError where there are any."""
    found = list(dict.fromkeys(problems))
    if not found:
        return
    several = "" if len(found) == 1 else "s"
    zero = all(problem.code == "zero-style" for problem in found)
    raise ProjectError(
        f"{len(found)} thing{several} cannot be carried over to this layout. Nothing was written."
        if zero
        else f"{len(found)} thing{several} cannot be carried over to TypeScript. Nothing was written.",
        hint="--layout zero-yaml exports them." if zero else "--layout python exports the cells as they are.",
        problems=found,
    )


def typescript_as_it_is(project: Project) -> Iterator[File]:
    """The scripts and modules that are TypeScript, at their own places."""
    items: list[Script | Module] = [*project.scripts, *project.modules]
    for item in items:
        if item.language == "typescript":
            yield from _as_they_are(item, {}, item.key if isinstance(item, Script) else None)


def has_wrapped(files: Sequence[File]) -> bool:
    return any(file.path.startswith(f"{WRAPPED}/") for file in files)


def _as_they_are(item: Script | Module, places: dict[str, list[str]], script: str | None) -> Iterator[File]:
    path = f"{item.file if isinstance(item, Script) else item.path}.ts"
    text = as_it_is(item.source.body)
    for place in places.get(path, [""]):
        yield File(place + path, text, script, notebook_of(item.source), verbatim=True)


def _places(project: Project, layout: Layout) -> dict[str, list[str]]:
    """path of a TypeScript file → folders that it is written to, with their slash; "" is where it lies."""
    if layout != "zero-yaml":
        return {}
    texts = {f"{m.path}.ts": m.source.text for m in project.modules if m.language == "typescript"}
    scripts = {f"{s.file}.ts": s for s in project.scripts if s.language == "typescript"}
    texts |= {path: script.source.text for path, script in scripts.items()}
    found: dict[str, list[str]] = {}
    for path, script in scripts.items():
        place = f"{WRAPPED}/" if script.style == "yaml" else ""
        for each in reachable(path, texts):
            places = found.setdefault(each, [])
            if place not in places:
                places.append(place)
    alone = [] if any(script.style == "zero" for script in scripts.values()) or not scripts else [WRAPPED]
    for path in texts.keys() - found.keys():  # modules that nobody imports
        found[path] = [f"{place}/" for place in alone] or [""]
    return found


def _once(files: Sequence[File]) -> list[File]:
    """Without repetitions: one file may be the script of several integrations."""
    found: dict[tuple[str, str], File] = {}
    for file in files:
        found.setdefault((file.path, file.text), file)
    return list(found.values())

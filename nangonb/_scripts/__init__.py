"""Scripts run: what the dry run, the sandbox's runs and its dry runs share.

A host runs the script of a project: ``python`` executes a cell (``key_order`` finds dicts that
JavaScript would reorder), ``typescript`` runs one in Node.js. ``node_run`` is a run in Node.js, of a script
of a project or of one that is deployed; ``context`` is what its ``nango`` object is told.
"""

from __future__ import annotations

from nangonb._project import Project, Script, Source
from nangonb._scripts.host import Host, RunSettings

__all__ = ["Host", "RunSettings", "host_of"]


def host_of(project: Project, script: Script, settings: RunSettings, *, sources: dict[str, Source]) -> Host:
    """The host of the script's language.

    Raises: ConfigurationError where there is no Node.js, or what the script imports cannot be installed;
    ProjectError where it imports a module whose cell was refused.
    """
    if script.language == "typescript":
        from nangonb._scripts.typescript import TypeScriptHost

        return TypeScriptHost(project, script, settings, sources=sources)
    from nangonb._scripts.python import PythonHost

    return PythonHost(project, script, settings.tell, sources=sources)

"""Scripts run: what the dry run, the sandbox's runs and its dry runs share.

``host`` chooses the host of a project's script: ``python`` executes a cell (``key_order`` finds dicts that
JavaScript would reorder), ``typescript`` runs one in Node.js. ``node_run`` is a run in Node.js, of a script
of a project or of one that is deployed; ``context`` is what its ``nango`` object is told.
"""

from nangonb.scripts.host import Host, RunSettings, host_of

__all__ = ["Host", "RunSettings", "host_of"]

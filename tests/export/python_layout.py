"""``export`` to the layout that needs no translation: what tests of folders and ownership are about."""

from functools import partial

from tests.exporting import export as export_to_any

export = partial(export_to_any, layout="python")

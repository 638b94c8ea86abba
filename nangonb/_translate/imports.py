"""Import lines of a file, and its text, in which names are looked up."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence

from nangonb._translate.callbacks import names_in
from nangonb._translate.code import Line
from nangonb._translate.modules import Modules
from nangonb._translate.printed import Printed
from nangonb._translate.script import ScriptTranslator


def used_text(translator: ScriptTranslator, functions: Sequence[Printed]) -> str:
    """Return the text of a file for looking up the names that it uses."""
    heads = [f"{printed.shown} {' '.join(printed.parameters)} {printed.returns}" for printed in functions]
    lines = [line.text for printed in functions for line in printed.body]
    constants = [line.text for lines in translator.constant_lines.values() for line in lines]
    return "\n".join([*heads, *lines, *constants])


def mentions(text: str, name: str) -> bool:
    return re.search(rf"(?<![\w$.'\"]){re.escape(name)}(?![\w$'\"])", text) is not None


def models_used(translator: ScriptTranslator, text: str) -> list[str]:
    """Return the names of the models that the file uses as types. Texts do not count."""
    return sorted(names_in(text) & translator.models.keys())


def from_modules(translator: ScriptTranslator, text: str, modules: Modules, path: str) -> list[Line]:
    """Return ``import { toContact } from '../../mappers/contact.js';`` …, one line per module."""
    found: dict[str, list[str]] = {}
    for local, (module, name) in translator.imports.modules.items():
        here, there = translator.js_name(local), modules.shown(module, name)
        known = local in translator.imported or local in translator.constants
        if known and mentions(text, here):
            found.setdefault(module, []).append(here if here == there else f"{there} as {here}")
    lines = []
    for module, names in found.items():
        where = relative(path, modules.path(module))
        lines.append(Line(f"import {{ {', '.join(sorted(names))} }} from '{where}.js';"))
    return lines


def of_crypto(translator: ScriptTranslator, text: str) -> list[Line]:
    """Return the import of ``crypto``, the only library that helpers and rows use."""
    from nangonb._translate.helpers import with_needs

    helpers = "\n".join(helper.text for helper in with_needs(translator.helpers))
    if mentions(text, "crypto") or mentions(helpers, "crypto"):
        return [Line("import crypto from 'crypto';")]
    return []


def relative(path: str, target: str) -> str:
    """Return the relative path from the file ``path`` to ``target``, starting with a dot."""
    found = posixpath.relpath(target, posixpath.dirname(path) or ".")
    return found if found.startswith(".") else f"./{found}"

"""Assignability of a value to a declared type, with TypeScript's rules."""

from __future__ import annotations

from dataclasses import replace

from nangonb._translate.types import ANY, NUMERIC, STR, Type


def alternatives(kind: Type) -> tuple[Type, ...]:
    return kind.parts if kind.kind == "any" and kind.parts else (kind,)


def takes_all(kind: Type) -> bool:
    """Return whether the type is ``any`` in TypeScript."""
    if kind.kind == "list":
        return False
    return (kind.kind == "any" and not kind.parts) or (
        kind.kind == "map" and not kind.name and (kind.item or ANY).kind == "any"
    )


def is_any(kind: Type) -> bool:
    return not kind.known or kind.kind in ("any", "mixed") or (kind.kind == "map" and not kind.name and (
        kind.item or ANY).kind == "any")  # fmt: skip


def misfit(given: Type, kind: Type, literals: frozenset[object] | None = None) -> str:
    """Return why TypeScript rejects a value of a declared type; "" if it does not."""
    if kind.kind in ("never", "void"):
        return "takes no value" if kind.kind == "never" or not is_any(given) else ""
    if takes_all(kind) or is_any(given):
        return ""
    if given.kind == "none":
        return "" if kind.nullable or kind.kind == "none" else "cannot be None"
    if given.nullable and not kind.nullable:
        return misfit(given.required, kind, literals) or "cannot be None"
    given = given.required
    if kind.kind == "any":
        return "" if any(not misfit(given, each, literals) for each in kind.parts) else "has another type"
    return "" if _fits(given, replace(kind, nullable=False), literals) else "has another type"


def _fits(given: Type, kind: Type, literals: frozenset[object] | None) -> bool:
    match kind.kind:
        case "str" if kind.name:
            few = {f"'{each}'" for each in literals} if literals else set(given.name.split(" | "))
            return given.kind == "str" and few <= set(kind.name.split(" | "))
        case "str":
            return given.kind in ("str", "date", "uuid")
        case "wire":
            item = kind.item or ANY
            return _fits(given, item, None) or (item == STR and given.kind == "datetime")
        case "literal":
            return literals is not None and {shown_literal(each) for each in literals} <= {kind.name}
        case "bool":
            return given.kind == "bool"
        case "small" | "int" | "float" | "number" | "json-number":
            return given.kind in NUMERIC and given.kind != "bool"
        case "list":
            if given.kind == "tuple":
                return all(not misfit(part, kind.item or ANY) for part in given.parts)
            return given.kind == "list" and not misfit(given.item or ANY, kind.item or ANY)
        case "record":
            return _fits_record(given, kind)
        case "map":
            if (
                (kind.item or ANY).kind == "any"
                and not kind.fields
                and given.kind in ("list", "tuple", "datetime")
            ):
                return True  # Record<string, any> accepts any object
            fields = given.fields.values() if given.kind == "record" else ()
            if kind.fields and not _fits_record(given, kind):
                return False
            return given.kind in ("map", "record") and (
                (kind.item or ANY).kind == "any" or not any(misfit(f.type, kind.item or ANY) for f in fields)
            )
        case "tuple":
            return given.kind == "tuple" and len(given.parts) == len(kind.parts)
    return given.kind == kind.kind


def _fits_record(given: Type, kind: Type) -> bool:
    if given.name and given.name == kind.name:
        return True
    if given.kind != "record":
        return given.kind == "map" and not any(field.required for field in kind.fields.values())
    for name, field in kind.fields.items():
        mine = given.fields.get(name)
        if mine is None:
            if field.required:
                return False
        elif (field.required and not mine.required) or misfit(mine.type, field.type):
            return False
    return True


def shown_literal(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else repr(value)


def needs_cast(given: Type, kind: Type) -> bool:
    """Return whether a value is valid on the wire but needs a cast in TypeScript."""
    if is_any(given) or given.kind == "none" or (given.nullable and not kind.nullable):
        return False
    if given.kind == "record" and given.name:  # an interface has no index signature
        shapes = [each for each in alternatives(kind) if each.kind in ("map", "record")]
        return any(each.kind == "map" and not misfit(given.required, each) for each in shapes)
    wires = [each for each in alternatives(kind) if each.kind == "wire" or (
        each.kind == "list" and each.item is not None and _needs_cast_item(given, each.item))]  # fmt: skip
    others = [each for each in alternatives(kind) if each.kind not in ("wire", "list")]
    plain = given.required
    return any(not misfit(plain, each) for each in wires) and not any(
        not misfit(plain, each) for each in others
    )


def _needs_cast_item(given: Type, item: Type) -> bool:
    return given.kind == "list" and given.item is not None and needs_cast(given.item, item)

"""The providers of a sandbox: those of the demo, of installed packages, and of ``--provider`` files."""

from __future__ import annotations

import importlib
import pkgutil
import traceback
from collections.abc import Iterator, Sequence
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from nangonb.sandbox import providers
from nangonb.sandbox.provider import Provider, ProviderError

__all__ = ["DEFAULT_ROWS", "MAX_ROWS", "demo_names", "load_providers"]

DEFAULT_ROWS: Final = 2_413
"""Contacts of the first Salesforce connection."""

MAX_ROWS: Final = 1_000_000
_GROUP: Final = "nangonb.providers"


def load_providers(rows: int = DEFAULT_ROWS, files: Sequence[Path] = ()) -> tuple[Provider, ...]:
    """All of them, each fresh. Raises: ProviderError with the place, what is wrong, and how to fix it."""
    loaded: dict[str, tuple[str, Provider]] = {}
    for where, value in _sources(files):
        provider = _provider(where, value, rows)
        for other, held in loaded.values():
            _check_apart(where, provider, other, held)
        loaded[where] = where, provider
    return tuple(provider for _, provider in loaded.values())


def demo_names() -> list[str]:
    """The providers of the demo."""
    modules = (module.name for module in pkgutil.iter_modules(providers.__path__))
    return [name for name in modules if not name.startswith("_")]


def _sources(files: Sequence[Path]) -> Iterator[tuple[str, Any]]:
    """What gives a provider, each with the place that errors name."""
    for name in demo_names():
        module = f"{providers.__name__}.{name}"
        yield module, _named(module, importlib.import_module(module))
    for entry in sorted(entry_points(group=_GROUP), key=lambda entry: entry.name):
        try:
            yield f"the entry point {entry.name} ({entry.value})", entry.load()
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            raise ProviderError(f"The entry point {entry.name} ({entry.value}) fails: {reason}.") from error
    for file in files:
        yield str(file), _named(str(file), _module(file))


def _module(file: Path) -> ModuleType:
    """A file, executed. Raises: ProviderError."""
    try:
        source = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise ProviderError(f"Cannot read {file}: {why}.") from None
    module = ModuleType(file.stem)
    module.__file__ = str(file)
    try:
        exec(compile(source, str(file), "exec"), module.__dict__)
    except Exception as error:
        raise ProviderError(_failure(str(file), error)) from error
    return module


def _named(where: str, module: ModuleType) -> Any:
    try:
        return module.provider
    except AttributeError:
        raise ProviderError(f"{where} defines no provider. Add: provider = Provider(…)") from None


def _provider(where: str, value: Any, rows: int) -> Provider:
    if callable(value):
        try:
            value = value(rows)
        except Exception as error:
            raise ProviderError(_failure(where, error)) from error
    if not isinstance(value, Provider):
        kind = type(value).__name__
        raise ProviderError(f"{where}: provider is of type {kind}. Write: provider = Provider(…)")
    return value


def _failure(where: str, error: Exception) -> str:
    """Why the code of a provider failed, with its innermost line."""
    reason = str(error) if isinstance(error, ProviderError) else f"{type(error).__name__}: {error}"
    if isinstance(error, SyntaxError) and error.filename == where:
        return f"{where}:{error.lineno}: {type(error).__name__}: {error.msg}"
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == where]
    return f"{where}:{lines[-1]}: {reason}" if lines else f"{where}: {reason}"


def _check_apart(where: str, provider: Provider, other: str, held: Provider) -> None:
    """Raises: ProviderError where two providers share what only one can have."""
    taken = [
        ("name", {provider.name}, {held.name}),
        ("host", provider.hosts, held.hosts),
        *(
            ("integration", {each.unique_key}, {one.unique_key for one in held.integrations})
            for each in provider.integrations
        ),
    ]
    for what, own, others in taken:
        for value in sorted(own & others):
            raise ProviderError(f"{where}: {other} also has the {what} {value!r}. Choose another {what}.")

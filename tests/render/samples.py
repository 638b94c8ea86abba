"""Dry runs to draw."""

from __future__ import annotations

from typing import Any

from nangonb._masking import Masker
from nangonb._project import Place, Problem
from nangonb._render import DryrunView, TableView
from nangonb._trace import RequestEntry, Trace

EVIL = "<script>alert('x')</script><img src=x onerror=\"y\">"

PROBLEMS = (
    Problem("rate-limit", "Just so you know."),
    Problem(
        "unknown-model",
        "There is no model named 'Contct'.",
        Place("Cell In[3]", 12, 32, '        nango.batch_save(page, "Contct")'),
        "Did you mean 'Contact'?",
        (Place("nango.yaml", 4),),
        severity="error",
    ),
)


def requests() -> list[RequestEntry]:
    trace = Trace(Masker())
    trace.end(trace.begin("GET", "/query", params={"q": "SELECT Id"}), status=200, received=2048)
    trace.saved(2000)
    trace.end(trace.begin("POST", "/write"), status=429, received=10)
    trace.end(trace.begin("GET", "/gone"), code="ECONNRESET")
    return trace.requests


def view(**options: Any) -> DryrunView:
    given: dict[str, Any] = {
        "name": "salesforce-contacts",
        "integration": "salesforce",
        "kind": "sync",
        "connection_id": "conn-1",
        "target": "sandbox",
        "state": "succeeded",
        "added": 2413,
        "requests": 2,
        "seconds": 1.23,
        "tables": (TableView("Contact", 2413, ("id", "name"), (("1", "Zoë"), ("2", None))),),
    }
    return DryrunView(**{**given, **options})

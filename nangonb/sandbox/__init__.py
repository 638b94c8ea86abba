"""A stand-in of the Nango API with demo providers behind its proxy, on loopback: to learn and to test.

``python -m nangonb.sandbox`` and ``nangonb sandbox`` run :func:`main`. Production is Nango itself, in
the cloud or self-hosted.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Serve the sandbox until interrupted; see :func:`nangonb.sandbox.server.main`."""
    from nangonb.sandbox.server import main as serve

    return serve(argv)

"""Authentication: one secret key, sent as ``Authorization: Bearer <key>`` as to Nango.

Like Nango, uses the text after the last ``Bearer `` as the key, or the whole header without one.
"""

from __future__ import annotations

import hmac
import re

from nangonb.sandbox.answers import Refusal

__all__ = ["check_key"]

# Nango's keys are UUIDs of version 4. A key that was set with --key may have any form; only a wrong
# key gets the error about its form.
_UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE)


def check_key(header: str | None, key: str) -> None:
    """Check the secret key of a request.

    Raises: Refusal 401 with ``missing_auth_header``, ``malformed_auth_header``,
    ``invalid_secret_key_format`` or ``unknown_account``.
    """
    if not header:
        raise Refusal(
            401,
            "missing_auth_header",
            "Authentication failed. The request is missing the Authorization header.",
            payload={},
        )
    given = header.rpartition("Bearer ")[2]
    if not given:
        raise Refusal(
            401,
            "malformed_auth_header",
            "Authentication failed. The Authorization header is malformed.",
            payload={},
        )
    if hmac.compare_digest(given.encode(), key.encode()):
        return
    if not _UUID4.fullmatch(given):
        raise Refusal(
            401,
            "invalid_secret_key_format",
            "Authentication failed. The provided secret key is not a UUID v4.",
            payload={},
        )
    raise Refusal(
        401,
        "unknown_account",
        "Authentication failed. The provided authorization header does not match any account.",
        payload={},
    )

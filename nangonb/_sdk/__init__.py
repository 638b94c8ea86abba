"""The ``nango`` object of a script, over the ports of a :class:`Runtime`."""

from nangonb._sdk.action import NangoAction
from nangonb._sdk.context import Context
from nangonb._sdk.fetch import FetchResponse
from nangonb._sdk.methods import ATTRIBUTES, METHODS, Attribute, Member, Method, members
from nangonb._sdk.response import Response
from nangonb._sdk.runtime import Runtime
from nangonb._sdk.sync import NangoSync

__all__ = [
    "ATTRIBUTES",
    "METHODS",
    "Attribute",
    "Context",
    "FetchResponse",
    "Member",
    "Method",
    "NangoAction",
    "NangoSync",
    "Response",
    "Runtime",
    "members",
]

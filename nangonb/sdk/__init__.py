"""The ``nango`` object of a script, over the ports of a :class:`Runtime`."""

from nangonb.sdk.action import NangoAction
from nangonb.sdk.context import Context
from nangonb.sdk.fetch import FetchResponse
from nangonb.sdk.methods import ATTRIBUTES, METHODS, Attribute, Member, Method, members
from nangonb.sdk.response import Response
from nangonb.sdk.runtime import Runtime
from nangonb.sdk.sync import NangoSync

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

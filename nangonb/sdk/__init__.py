"""The ``nango`` object of a script, over the ports of a :class:`Runtime`."""

from nangonb.sdk.nango import Context, NangoAction, NangoSync
from nangonb.sdk.response import Response
from nangonb.sdk.runtime import Runtime

__all__ = ["Context", "NangoAction", "NangoSync", "Response", "Runtime"]

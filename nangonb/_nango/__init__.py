"""Client of the Nango HTTP API. httpx is imported when the first request is made."""

from nangonb._nango.client import Client, Clients
from nangonb._nango.encoding import form_body, js_string, json_text, proxy_path, query_string
from nangonb._nango.failures import never_sent
from nangonb._nango.functions import CompiledFunction, DeployedFunction, FunctionDryrun, FunctionFault
from nangonb._nango.logs import unlogged
from nangonb._nango.rate_limit import OnWait, Wait, Waits
from nangonb._nango.transport import Transport
from nangonb._nango.types import ApiResponseError, Connection, ProxyRequest, ProxyResponse, TransportError
from nangonb._project.js_number import js_number

__all__ = [
    "ApiResponseError",
    "Client",
    "Clients",
    "CompiledFunction",
    "Connection",
    "DeployedFunction",
    "FunctionDryrun",
    "FunctionFault",
    "OnWait",
    "ProxyRequest",
    "ProxyResponse",
    "Transport",
    "TransportError",
    "Wait",
    "Waits",
    "form_body",
    "js_number",
    "js_string",
    "json_text",
    "never_sent",
    "proxy_path",
    "query_string",
    "unlogged",
]

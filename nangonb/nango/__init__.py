"""Client of the Nango HTTP API. httpx is imported when the first request is made."""

from nangonb.nango.client import Client, Clients
from nangonb.nango.encoding import form_body, js_string, json_text, proxy_path, query_string
from nangonb.nango.failures import never_sent
from nangonb.nango.functions import CompiledFunction, DeployedFunction, FunctionDryrun, FunctionFault
from nangonb.nango.logs import unlogged
from nangonb.nango.rate_limit import OnWait, Wait, Waits
from nangonb.nango.transport import Transport
from nangonb.nango.types import ApiResponseError, Connection, ProxyRequest, ProxyResponse, TransportError
from nangonb.project.js_number import js_number

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

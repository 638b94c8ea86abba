# options: {"connection": "gh-1", "input": {"url": "https://hooks.example.com/in/42?b=2&a=1&empty=&a=3&q=a%20b%2Bc"}}
# expect: {"requests": 1, "output": ["host", "parameters", "path", "rebuilt"]}
#| integration: github
#| input: WebhookUrl
#| output: ParsedUrl
#| endpoint: POST /dev/webhook-url
from urllib.parse import parse_qs, quote, urlencode, urlparse

from nangonb import NangoAction
from nangonb.models import ParsedUrl, WebhookUrl


def run_action(nango: NangoAction, input: WebhookUrl) -> ParsedUrl:
    parts = urlparse(input["url"])
    if parts.scheme != "https":
        raise nango.ActionError("Only https is allowed", url=input["url"])
    owner = nango.get("/user").data["login"]
    parameters = {name: ",".join(values) for name, values in parse_qs(parts.query).items()}
    parameters["owner"] = owner
    rebuilt = f"https://{parts.netloc}{quote(parts.path + '/ü b')}?{urlencode(parameters)}"
    return {"host": parts.netloc, "path": parts.path, "parameters": parameters, "rebuilt": rebuilt}

# options: {"connection": "gh-2", "input": {"repository": "connectors", "number": 7}}
# expect: {"requests": 1, "output": ["algorithm", "digest", "payload", "signature"]}
#| integration: github
#| input: IssueRef
#| output: SignedPayload
#| endpoint: POST /dev/signed
import base64
import hashlib
import hmac
import json

from nangonb import NangoAction
from nangonb.models import IssueRef, SignedPayload


def run_action(nango: NangoAction, input: IssueRef) -> SignedPayload:
    secret = secret_of(nango)
    issue = nango.get(f"/repos/nangonb-demo/{input['repository']}/issues/{input['number']}").data
    payload = json.dumps(
        {"number": issue["number"], "title": issue["title"], "labels": [label["name"] for label in issue["labels"]]},
        separators=(",", ":"),
        ensure_ascii=False,
    )
    signature = hmac.new(secret.encode(), payload.encode("utf-8"), hashlib.sha256).hexdigest()
    digest = base64.b64encode(hashlib.sha1(payload.encode("utf-8")).digest()).decode()
    return {"algorithm": "hmac-sha256", "payload": payload, "signature": f"sha256={signature}", "digest": digest}


def secret_of(nango: NangoAction) -> str:
    for variable in nango.get_environment_variables():
        if variable["name"] == "DEMO_REGION":
            return variable["value"]
    raise nango.ActionError("DEMO_REGION is not set")

# options: {"connection": "flaky-1"}
# expect: {"requests": 2, "output": ["first_bytes", "is_html", "length", "sha256", "status"]}
#| integration: unreliable
#| output: PageCheck
#| endpoint: GET /page-check
import base64
import hashlib

from nangonb import NangoAction
from nangonb.models import PageCheck


def run_action(nango: NangoAction) -> PageCheck:
    text = nango.get("/html", response_type="text")
    raw = nango.get("/html", response_type="arraybuffer").data
    return {
        "status": text.status,
        "length": len(raw),
        "sha256": hashlib.sha256(raw).hexdigest(),
        "first_bytes": base64.b64encode(raw).decode("ascii")[:16],
        "is_html": "html" in text.headers["content-type"] and text.data.strip().endswith("</html>"),
    }

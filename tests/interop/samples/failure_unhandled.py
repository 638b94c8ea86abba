# options: {"connection": "flaky-1"}
# expect: {"requests": 2, "records": {"FailingItem": 3}, "logs": 1, "error": "script_http_error"}
#| integration: unreliable
#| runs: every day
#| output: FailingItem
#| endpoint: GET /failing-items
from nangonb import NangoSync


def fetch_data(nango: NangoSync) -> None:
    first = nango.get("/items", params={"total": 3})
    nango.batch_save(first.data["items"], "FailingItem")
    nango.log("The next request fails")
    second = nango.get("/broken", params={"status": 502})
    nango.batch_save(second.data["items"], "FailingItem")

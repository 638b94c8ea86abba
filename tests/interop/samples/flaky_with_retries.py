# options: {"connection": "flaky-1"}
# expect: {"requests": 2, "records": {"FlakyItem": 3}, "logs": 1}
#| integration: unreliable
#| runs: every day
#| output: FlakyItem
#| endpoint: GET /flaky-items
from nangonb import NangoSync


def fetch_data(nango: NangoSync) -> None:
    # Nango repeats the request; the script sees only the success.
    flaky = nango.get("/flaky", params={"times": 2, "status": 503}, retries=4)
    limited = nango.get("/rate-limited", params={"times": 1}, retries=2, retry_on=[429])
    items = {item["id"]: item for item in [*flaky.data["items"], *limited.data["items"]]}
    nango.batch_save(list(items.values()), "FlakyItem")
    nango.log("status", flaky.status, limited.status)

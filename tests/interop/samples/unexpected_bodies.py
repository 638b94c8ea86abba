# options: {"connection": "flaky-1"}
# expect: {"requests": 4, "records": {"OddItem": 1}, "logs": 3}
#| integration: unreliable
#| runs: every day
#| output: OddItem
#| endpoint: GET /odd-items
from nangonb import NangoSync

PATHS = ["/html", "/invalid-json", "/empty", "/items"]


def fetch_data(nango: NangoSync) -> None:
    good = []
    for number, path in enumerate(PATHS):
        data = nango.get(path).data
        if isinstance(data, str):
            kind = "a web page" if data.lstrip().lower().startswith("<!doctype") else f"text of {len(data)} characters"
            nango.log(f"{path} answered {kind if data else 'nothing'}", level="warn")
            continue
        good.append({"id": path[1:], "name": data["items"][0]["name"], "position": number, "page": 1, "even": not number % 2})
    nango.batch_save(good, "OddItem")

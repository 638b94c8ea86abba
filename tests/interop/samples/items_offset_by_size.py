# options: {"connection": "flaky-1"}
# expect: {"requests": 3, "records": {"OffsetItem": 47}, "logs": 1}
#| integration: unreliable
#| runs: every day
#| output: OffsetItem
#| endpoint: GET /offset-items
from nangonb import NangoSync


def fetch_data(nango: NangoSync) -> None:
    seen = set()
    for items in nango.paginate(
        "/items",
        params={"total": 47},
        paginate={
            "type": "offset",
            "offset_name_in_request": "cursor",
            "response_path": "items",
            "limit_name_in_request": "limit",
            "limit": 20,
        },
    ):
        fresh = [item for item in items if item["id"] not in seen]
        seen.update(item["id"] for item in fresh)
        nango.batch_save(fresh, "OffsetItem")
    nango.log(f"{len(seen)} items, the last is {max(seen)}")

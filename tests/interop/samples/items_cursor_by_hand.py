# options: {"connection": "flaky-1"}
# expect: {"requests": 4, "records": {"NumberedItem": 30}}
#| integration: unreliable
#| runs: every hour
#| output: NumberedItem
#| endpoint: GET /numbered-items
from nangonb import NangoSync


def fetch_data(nango: NangoSync) -> None:
    cursor = None
    page = 0
    position = 0
    while True:
        params = {"limit": 8, "total": 30}
        if cursor:
            params["cursor"] = cursor
        data = nango.get("/items", params=params).data
        page += 1
        batch = []
        for item in data["items"]:
            position += 1
            batch.append(
                {
                    "id": item["id"],
                    "name": item["name"],
                    "position": position,
                    "page": page,
                    "even": position % 2 == 0,
                }
            )
        nango.batch_save(batch, "NumberedItem")
        cursor = data.get("next_cursor")
        if cursor is None:
            break

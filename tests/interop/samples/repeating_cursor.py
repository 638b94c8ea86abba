# options: {"connection": "flaky-1"}
# expect: {"requests": 2, "records": {"LoopingItem": 6}, "logs": 1}
#| integration: unreliable
#| runs: every day
#| output: LoopingItem
#| endpoint: GET /looping-items
from nangonb import NangoSync


def fetch_data(nango: NangoSync) -> None:
    """The provider gives the same cursor for ever; we notice."""
    cursors: list[str] = []
    cursor = ""
    while cursor not in cursors:
        cursors.append(cursor)
        response = nango.get("/repeating-cursor", params={"cursor": cursor} if cursor else {})
        rows = [
            {
                "id": f"{len(cursors)}/{item['id'].split('-')[-1]}",
                "name": item["name"].replace("Item", "Thing"),
                "position": int(item["id"].removeprefix("item-")) * 10,
                "page": len(cursors),
                "even": len(cursors) % 2 == 0,
            }
            for item in response.data["items"]
        ]
        nango.batch_save(rows, "LoopingItem")
        cursor = response.data["next_cursor"] or ""
    nango.log(f"Stopped at the cursor '{cursor}' after {len(cursors)} pages")

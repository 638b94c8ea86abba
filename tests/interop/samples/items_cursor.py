# options: {"connection": "flaky-1"}
# expect: {"requests": 4, "records": {"Item": 90}}
#| integration: unreliable
#| runs: every hour
#| output: Item
#| endpoint: GET /items
from nangonb import NangoSync


def fetch_data(nango: NangoSync) -> None:
    config = {
        "type": "cursor",
        "response_path": "items",
        "cursor_path_in_response": "next_cursor",
        "cursor_name_in_request": "cursor",
        "limit_name_in_request": "limit",
        "limit": 25,
    }
    for items in nango.paginate("/items", params={"total": 90}, paginate=config, retries=3):
        nango.batch_save(items, "Item")

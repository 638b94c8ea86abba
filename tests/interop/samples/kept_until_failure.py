# options: {"connection": "flaky-1"}
# expect: {"requests": 5, "records": {"PartialItem": 40}, "logs": 2}
#| integration: unreliable
#| runs: every hour
#| output: PartialItem
#| endpoint: GET /partial-items
from nangonb import HTTPError, NangoSync


def fetch_data(nango: NangoSync) -> None:
    saved = 0
    try:
        for items in nango.paginate(
            "/items",
            params={"total": 100, "fail_after": 40},
            paginate={
                "type": "cursor",
                "response_path": "items",
                "cursor_path_in_response": "next_cursor",
                "cursor_name_in_request": "cursor",
            },
        ):
            nango.batch_save(items, "PartialItem")
            saved += len(items)
    except HTTPError as error:
        nango.log(f"Stopped after {saved} items: {error.message}", level="error")
        if saved == 0:
            raise
    finally:
        nango.log(f"{saved} items are safe")

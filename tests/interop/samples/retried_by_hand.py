# options: {"connection": "flaky-1"}
# expect: {"requests": 6, "records": {"PatientItem": 6}, "logs": 4}
#| integration: unreliable
#| runs: every day
#| output: PatientItem
#| endpoint: GET /patient-items
from nangonb import HTTPError, NangoSync

ATTEMPTS = 5


def fetch_data(nango: NangoSync) -> None:
    for times in (1, 3):
        data = fetch(nango, {"times": times, "status": 500 + times})
        nango.batch_save(
            [{"id": f"{times}-{item['id']}", "name": item["name"]} for item in data["items"]], "PatientItem"
        )


def fetch(nango: NangoSync, params: dict) -> dict:
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return nango.get("/flaky", params=params).data
        except HTTPError as error:
            if error.status is None or error.status < 500 or attempt == ATTEMPTS:
                raise
            nango.log(f"Attempt {attempt} of {ATTEMPTS}: {error.message} ({error.data['message']})", level="warn")
    return {"items": []}

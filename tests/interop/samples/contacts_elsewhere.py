# options: {"connection": "conn-2"}
# expect: {"requests": 1, "records": {"ElsewhereContact": 318}, "logs": 1}
#| integration: salesforce
#| runs: every day
#| output: ElsewhereContact
#| endpoint: GET /crm/contacts-elsewhere
from nangonb import NangoSync


def fetch_data(nango: NangoSync) -> None:
    nango.set_logger(level="debug")
    settings = nango.get_metadata()
    if settings.get("status_page"):
        answer = nango.uncontrolled_fetch(settings["status_page"], headers={"accept": "application/json"})
        if answer.status != 200:
            nango.log(f"The service says {answer.status}: {answer.text()}", level="warn")
            return
        nango.log(answer.json())
    if settings.get("again"):
        nango.trigger_sync("salesforce", nango.connection_id, "salesforce-accounts")
        nango.start_sync("salesforce", ["salesforce-accounts"], nango.connection_id)
    page = nango.get("/services/data/v53.0/query", params={"q": "SELECT Id FROM Contact"}).data
    nango.batch_save([{"id": record["Id"]} for record in page["records"]], "ElsewhereContact")
    nango.log(f"{len(page['records'])} in {nango.environment_name or 'an environment'}"[:6])


def on_webhook(nango: NangoSync, payload: dict) -> None:
    if payload.get("deleted"):
        nango.batch_delete([{"id": payload["id"]}], "ElsewhereContact")
    else:
        nango.batch_save([{"id": payload["id"]}], "ElsewhereContact")

# options: {"connection": "conn-2"}
# expect: {"requests": 1, "records": {"Subscriber": 67}, "deleted": {"Subscriber": 33}, "logs": 1}
#| integration: salesforce
#| runs: every 30 minutes
#| output: Subscriber
#| endpoint: GET /crm/subscribers
from nangonb import NangoSync


def fetch_data(nango: NangoSync) -> None:
    response = nango.get(
        "/services/data/v53.0/query",
        params={"q": "SELECT Id, HasOptedOutOfEmail FROM Contact LIMIT 100"},
    )
    subscribed, gone = [], []
    for record in response.data["records"]:
        target = gone if record["HasOptedOutOfEmail"] else subscribed
        target.append({"id": record["Id"]})

    nango.batch_save(subscribed, "Subscriber")
    nango.batch_delete(gone, "Subscriber")
    nango.log("StateFile", len(subscribed), "and removed", len(gone))

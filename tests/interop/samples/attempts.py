# options: {"connection": "flaky-1"}
# expect: {"requests": 3, "logs": 3, "output": ["attempts", "log", "outcome"]}
#| integration: unreliable
#| output: Attempts
#| endpoint: POST /attempts
from nangonb import HTTPError, NangoAction
from nangonb.models import Attempts


def run_action(nango: NangoAction) -> Attempts:
    log: list[str] = []
    attempts = 0
    outcome = "none"
    while attempts < 4 and outcome != "success":
        attempts += 1
        try:
            response = nango.post("/flaky", params={"times": 2, "status": 418}, data={"attempt": attempts})
            names = [item["name"] for item in response.data["items"]]
            number = int(names[0].split(" ")[1])
        except HTTPError as error:
            log.append(f"{attempts}: {error.status} {error.data['error']}")
            outcome = "failure"
        except (IndexError, ValueError):
            log.append(f"{attempts}: an answer that we do not know")
            outcome = "unknown"
        else:
            log.append(f"{attempts}: {len(names)} items from {number}")
            outcome = "success"
        finally:
            nango.log(log[-1])
    return {"attempts": attempts, "outcome": outcome, "log": log}

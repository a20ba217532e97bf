import requests

URL = "https://abc123.execute-api.us-east-1.amazonaws.com/prod"
BODY = '{"records": [{"value": {"index": 1}}]}'
KAFKA = {"Content-Type": "application/vnd.kafka.json.v2+json"}

for path, headers, body in (
    ("/topic/0e1f2a3b4c5d.pin", KAFKA, BODY),
    ("/topics/0e1f2a3b4c5d.pins", KAFKA, BODY),
    ("/topics/0e1f2a3b4c5d.pin", {"Content-Type": "application/json"}, BODY),
    ("/topics/0e1f2a3b4c5d.pin", KAFKA, '{"value": {"index": 1}}'),
):
    print(requests.post(URL + path, headers=headers, data=body).status_code)

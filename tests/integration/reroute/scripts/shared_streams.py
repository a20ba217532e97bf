import json

import boto3
import requests

URL = "https://abc123.execute-api.us-east-1.amazonaws.com/prod/streams/{}/record"
SHARED, OTHER = "Kinesis-Prod-0e1f2a3b4c5d", "Other-0e1f2a3b4c5d"

for ind, key in enumerate(["0e1f2a3b4c5d-pin", "0e1f2a3b4c5d-geo"]):
    payload = json.dumps({"StreamName": SHARED, "Data": {"ind": ind}, "PartitionKey": key})
    answer = requests.put(URL.format(SHARED), headers={"Content-Type": "application/json"}, data=payload)
    print(answer.status_code)

kinesis = boto3.client("kinesis", region_name="eu-west-1")
for ind in range(2):
    kinesis.put_record(StreamName=OTHER, Data=json.dumps({"ind": ind}), PartitionKey="user")
print(len(kinesis.list_shards(StreamName=OTHER)["Shards"]))

# mypy: ignore-errors
import requests
import json
from datetime import datetime

stamps = ['2021-09-26T19:49:23', '2021-09-26 19:49:23', str(datetime(2021, 9, 26)), '26/09/2021 7pm', '']
invoke = 'https://abc123.execute-api.us-east-1.amazonaws.com/prod/streams/streaming-0e1f2a3b4c5d-geo/record'
for ind, stamp in enumerate(stamps):
    payload = json.dumps({'StreamName': 'streaming-0e1f2a3b4c5d-geo', 'PartitionKey': 'partition-1',
                          'Data': {'ind': ind, 'timestamp': stamp, 'latitude': 1.5, 'longitude': 2.5, 'country': 'Chad'}})
    response = requests.request('PUT', invoke, headers={'Content-Type': 'application/json'}, data=payload)
    print(response.status_code, sorted(response.json()))

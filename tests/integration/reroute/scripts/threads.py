# mypy: ignore-errors
import threading
import time
import requests


def send():
    with requests.Session() as session:
        while True:
            session.post('https://abc123.execute-api.us-east-1.amazonaws.com/prod/topics/0e1f2a3b4c5d.pin',
                         json={'records': [{'value': {'index': 1}}]},
                         headers={'Content-Type': 'application/vnd.kafka.json.v2+json'})


for _ in range(4):
    threading.Thread(target=send).start()
try:
    while True:
        time.sleep(1)
finally:
    print('cleaned up')

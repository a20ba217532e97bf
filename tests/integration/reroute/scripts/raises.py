# mypy: ignore-errors
import requests

for media in ('application/vnd.kafka.json.v2+json', 'application/json'):
    response = requests.post('https://abc123.execute-api.us-east-1.amazonaws.com/prod/topics/0e1f2a3b4c5d.pin',
                             json={'records': [{'value': {'index': 1}}]}, headers={'Content-Type': media})
    print(response.status_code, input())
raise ValueError('the course ends here')

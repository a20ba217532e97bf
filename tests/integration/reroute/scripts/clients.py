# mypy: ignore-errors
import asyncio
import http.client
import json
import urllib.request

import aiohttp
import httpx
import urllib3

HOST = 'abc123.execute-api.us-east-1.amazonaws.com'
URL = f'https://{HOST}/prod/topics/0e1f2a3b4c5d.pin?a=1%202'
HEADERS = {'Content-Type': 'application/vnd.kafka.json.v2+json'}


def body(ind):
    return json.dumps({'records': [{'value': {'index': ind}}]})


async def both():
    async with httpx.AsyncClient() as client:
        print('httpx async', (await client.post(URL, headers=HEADERS, content=body(1))).status_code)
    async with aiohttp.ClientSession() as session:
        async with session.post(URL, headers=HEADERS, data=body(2)) as response:
            print('aiohttp', response.status, (await response.json())['offsets'][0]['partition'])


connection = http.client.HTTPSConnection(HOST)
connection.request('POST', '/prod/topics/0e1f2a3b4c5d.pin', body(3), HEADERS)
print('http.client', connection.getresponse().status)
print('urllib', urllib.request.urlopen(urllib.request.Request(URL, body(4).encode(), HEADERS)).status)
print('urllib3', urllib3.PoolManager().request('POST', URL, body=body(5), headers=HEADERS).status)
print('httpx', httpx.post(URL, headers=HEADERS, content=body(6)).status_code)
asyncio.run(both())

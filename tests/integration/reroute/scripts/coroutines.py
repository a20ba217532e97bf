# mypy: ignore-errors
import asyncio
import aiohttp
import httpx

URL = 'https://abc123.execute-api.us-east-1.amazonaws.com/prod/topics/0e1f2a3b4c5d.pin'
HEADERS = {'Content-Type': 'application/vnd.kafka.json.v2+json'}
BODY = {'records': [{'value': {'index': 1}}]}


async def by_aiohttp(session):
    while True:
        await asyncio.sleep(30)
        async with session.post(URL, json=BODY, headers=HEADERS) as response:
            await response.json()


async def by_httpx(client):
    while True:
        await asyncio.sleep(30)
        (await client.post(URL, json=BODY, headers=HEADERS)).raise_for_status()


async def main():
    async with aiohttp.ClientSession() as session, httpx.AsyncClient() as client:
        try:
            await asyncio.gather(by_aiohttp(session), by_httpx(client), by_aiohttp(session), by_httpx(client))
        finally:
            print('cleaned up')


asyncio.run(main())

"""Answers each mention with its own text: the least that a bot on aiohttp does. `make bench` measures it beside edgecrab."""

import asyncio
import json
import os

import aiohttp


async def main():
    api = os.environ["MATTERMOST_URL"] + "/api/v4"
    headers = {"Authorization": "Bearer " + os.environ["MATTERMOST_TOKEN"]}
    async with aiohttp.ClientSession(headers=headers) as session:
        async with session.get(api + "/users/me") as answer:
            me = (await answer.json())["id"]
        async with session.ws_connect(api + "/websocket") as socket:
            print("Connected.", flush=True)
            async for message in socket:
                event = json.loads(message.data)
                if event.get("event") != "posted" or me not in event["data"].get("mentions", ""):
                    continue
                post = json.loads(event["data"]["post"])
                if post["user_id"] == me:
                    continue
                body = {key: post[key] for key in ("channel_id", "root_id", "message")}
                async with session.post(api + "/posts", json=body) as answer:
                    await answer.read()


asyncio.run(main())

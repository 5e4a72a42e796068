#!/usr/bin/env python3
"""Passes TCP connections on to a port of loopback, and lets nothing through on the ways that are cut.

    relay.py PORT

Prints its own port. Each line of its input names the ways that are cut from now on: `out` is to PORT, `back` from it.
Connections stay open meanwhile, as when a network between two machines fails. Ends with its input.
"""
import asyncio
import sys

open_ways = {}


async def forward(reader, writer, way):
    try:
        while data := await reader.read(65536):
            await open_ways[way].wait()
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        await open_ways[way].wait()
        writer.close()


async def main():
    for way in ("out", "back"):
        open_ways[way] = asyncio.Event()
        open_ways[way].set()

    async def connect(reader, writer):
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", int(sys.argv[1]))
        except OSError:
            writer.close()
            return
        await asyncio.gather(forward(reader, far_writer, "out"), forward(far_reader, writer, "back"))

    server = await asyncio.start_server(connect, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    commands = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    while line := await commands.readline():
        cut = line.decode().split()
        for way, is_open in open_ways.items():
            is_open.clear() if way in cut else is_open.set()


asyncio.run(main())

#!/usr/bin/env python3
"""Passes TCP connections on to a port of loopback, and lets nothing through on the ways that are cut.

    relay.py PORT [PATTERN]

Prints its own port. Each line of its input names the ways that are cut from now on: `out` is to PORT, `back` from it.
Connections stay open meanwhile, as when a network between two machines fails. Ends with its input.

Each match of PATTERN in what is sent to PORT is printed, also while that way is cut: the seconds since 1970 at which it
was sent, and the first group. PATTERN is an expression for at most 256 bytes, and has to match one byte after the group.
"""
import asyncio
import re
import sys
import time

MATCH_BYTES_MAX = 256
# What a connection holds while its way is cut: 64 reads of 64 KiB. Beyond it, the sender waits.
READS_HELD_MAX = 64

pattern = re.compile(sys.argv[2].encode()) if len(sys.argv) > 2 else None
open_ways = {}


async def read(reader, held, way):
    """Reads what is sent, and when, although the way may be cut."""
    before = b""
    try:
        while data := await reader.read(65536):
            if pattern and way == "out":
                text = before + data
                for match in pattern.finditer(text):
                    if match.end() > len(before):
                        print(f"{time.time():.6f}", match[1].decode(), flush=True)
                before = text[-MATCH_BYTES_MAX:]
            await held.put(data)
    except OSError:
        pass
    await held.put(b"")


async def forward(reader, writer, way):
    held = asyncio.Queue(READS_HELD_MAX)
    reading = asyncio.ensure_future(read(reader, held, way))
    try:
        while data := await held.get():
            await open_ways[way].wait()
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        reading.cancel()
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

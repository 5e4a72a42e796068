"""Runs a program on a terminal of its own and types there: type_on_terminal.py PROGRAM ARGUMENT...

Standard input is the script, a JSON value a line:
    {"wait": TEXT}      waits until the program has written TEXT after what was waited for before
    {"choose": TEXT}    waits for a numbered line with TEXT, and for "Number", and types that number
    {"type": TEXT}      types TEXT; "\\u0004" is Ctrl-D, "\\u0003" is Ctrl-C
    {"echo": BOOLEAN}   fails unless the terminal's echo is on or off, at once or soon
    {"signal": NUMBER}  sends a signal to the program
What the program writes there is written on, and its status is handed on, with 128 added to a signal's number. At the end,
the echo has to be on.
"""
import json
import os
import re
import select
import signal
import sys
import termios
import time

PATIENCE = 30


def fail(reason):
    sys.stdout.flush()
    os.write(1, f"\ntype_on_terminal: {reason}\n".encode())
    os.kill(program, signal.SIGKILL)
    sys.exit(99)


def echoes():
    return bool(termios.tcgetattr(terminal)[3] & termios.ECHO)


def read(seconds):
    """Writes on what the program has written, and returns False once it has ended and nothing is left."""
    global seen, status
    ready, _, _ = select.select([controller], [], [], seconds)
    if ready:
        output = os.read(controller, 65536)
        os.write(1, output)
        seen += output
        return True
    if status is None:
        ended, code = os.waitpid(program, os.WNOHANG)
        if ended:
            status = code
            return True
    return status is None


script = [json.loads(line) for line in sys.stdin if line.strip()]
signal.pthread_sigmask(signal.SIG_SETMASK, [])
# This end stays open, so that the terminal's settings can be read after the program has ended.
controller, terminal = os.openpty()
program = os.fork()
if program == 0:
    os.close(controller)
    os.login_tty(terminal)
    os.execv(sys.argv[1], sys.argv[1:])
seen, status = b"", None
for step in script:
    end = time.monotonic() + PATIENCE
    if "wait" in step or "choose" in step:
        text = step.get("wait") or rf"(?s)\n +(\d+)  [^\n]*{re.escape(step['choose'])}.*Number [^\n]*: "
        pattern = re.compile((re.escape(text) if "wait" in step else text).encode())
        while not (match := pattern.search(seen)):
            if not read(0.05):
                fail(f"the program ended before it wrote {text!r}")
            if time.monotonic() > end:
                fail(f"the program did not write {text!r}")
        seen = seen[match.end():]
        if "choose" in step:
            os.write(controller, match.group(1) + b"\n")
    elif "type" in step:
        os.write(controller, step["type"].encode())
    elif "echo" in step:
        while echoes() != step["echo"]:
            read(0.01)
            if time.monotonic() > end:
                fail(f"the echo is {echoes()}")
    else:
        os.kill(program, step["signal"])
end = time.monotonic() + PATIENCE
while read(0.02):
    if time.monotonic() > end:
        fail("the program did not end")
if not echoes():
    fail("the echo is off after the program's end")
code = os.waitstatus_to_exitcode(status)
sys.exit(code if code >= 0 else 128 - code)

"""Runs a program on a terminal of its own, as its session's leader: on_terminal.py PROGRAM ARGUMENT...

What the program writes there is written on, and its status is handed on. SIGUSR1 closes the terminal; SIGHUP, SIGINT
and SIGTERM go to the program.
"""
import ctypes
import os
import pty
import signal
import sys

program, terminal = pty.fork()
if program == 0:
    # It ends with this: PR_SET_PDEATHSIG.
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    os.execv(sys.argv[1], sys.argv[1:])
# A thread of the test's that has them blocked may have started this.
signal.pthread_sigmask(signal.SIG_SETMASK, [])
for number in signal.SIGHUP, signal.SIGINT, signal.SIGTERM:
    signal.signal(number, lambda number, _: os.kill(program, number))
signal.signal(signal.SIGUSR1, lambda *_: os.close(terminal))
try:
    while output := os.read(terminal, 4096):
        os.write(sys.stdout.fileno(), output)
except OSError:
    # Closed, here or by the program's end.
    pass
sys.exit(os.waitstatus_to_exitcode(os.waitpid(program, 0)[1]))

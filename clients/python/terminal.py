"""Runs a program on a terminal of its own, on behalf of a test.

Usage: terminal.py PROGRAM [ARGUMENT...]

Each line of standard input is a JSON object: type (keys to press), until (a regular expression that
what the program has written so far must come to match) or hangUp (the terminal is closed and the
program waited for). Each line of standard output says: said (all that was written so far) and
status (how the program ended, or null while it runs).
"""

import json
import os
import pty
import re
import select
import signal
import sys
import time

SECONDS = 20


def start(program):
    pid, terminal = pty.fork()
    if pid == 0:
        for ignored in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
            signal.signal(ignored, signal.SIG_DFL)
        os.execvp(program[0], program)
    return pid, terminal


def read(terminal):
    """What is there, or nothing once the program has ended."""
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""


def status(pid, block):
    ended, how = os.waitpid(pid, 0 if block else os.WNOHANG)
    return os.waitstatus_to_exitcode(how) if ended else None


def main():
    pid, terminal = start(sys.argv[1:])
    said = ""
    for line in sys.stdin:
        ask = json.loads(line)
        ended = None
        if ask.get("hangUp"):
            os.close(terminal)
            ended = status(pid, True)
        else:
            os.write(terminal, ask.get("type", "").encode())
            until = time.monotonic() + SECONDS
            while not re.search(ask["until"], said) and time.monotonic() < until:
                if select.select([terminal], [], [], 0.1)[0]:
                    more = read(terminal)
                    said += more.decode(errors="replace")
                    if not more:
                        ended = status(pid, True)
                        break
        print(json.dumps({"said": said, "status": ended}), flush=True)


main()

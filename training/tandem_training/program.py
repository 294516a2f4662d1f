"""Runs another program as a part of this one."""

import os
import signal
import subprocess
from collections import deque
from contextlib import suppress
from types import FrameType


def run_program(command: list[str]) -> int:
    """Runs a program and returns its exit code. It ends before this one does.

    Signals are passed on, and the program may need some seconds to stop services and to write its
    last row: `subprocess.run` would kill it 0.25 seconds after Ctrl-C. In the foreground of a
    terminal, SIGINT is not passed on, because the terminal sends Ctrl-C to both; to end one by its
    process id, send SIGTERM.

    Raises OSError if the program cannot start, and KeyboardInterrupt if a signal came.
    """
    child: subprocess.Popen[bytes] | None = None
    received: list[int] = []
    unsent: deque[int] = deque()

    def stop(number: int, frame: FrameType | None) -> None:
        received.append(number)
        unsent.append(number)
        send()

    def send() -> None:
        # A signal may come at any point and send all, so there is no look whether `unsent` is
        # empty.
        with suppress(IndexError):
            while child is not None:
                number = unsent.popleft()
                if number != signal.SIGINT or not _has_terminal():
                    child.send_signal(number)

    # Before the program starts: a signal of that moment would end only this one. The program
    # inherits what is ignored.
    heard = [number for number in (signal.SIGINT, signal.SIGTERM) if signal.getsignal(number) != signal.SIG_IGN]
    before = {number: signal.signal(number, stop) for number in heard}
    try:
        child = subprocess.Popen(command)
        send()
        code = child.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if received:
        raise KeyboardInterrupt
    return code


def _has_terminal() -> bool:
    """Whether a terminal has this process in the foreground, and so sends Ctrl-C to both."""
    if os.name == "nt":
        return True
    try:
        terminal = os.open(os.ctermid(), os.O_RDONLY | os.O_NOCTTY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)

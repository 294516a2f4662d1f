"""Runs another program as a part of this one."""

import signal
import subprocess
from types import FrameType


def run_program(command: list[str]) -> int:
    """Runs a program and returns its exit code. It ends before this one does.

    Ctrl-C reaches both. It is left to the program, which may need some seconds to stop services and to
    write its last row: `subprocess.run` would kill it after 0.25 seconds. SIGTERM is passed on.

    Raises OSError if the program cannot start, and KeyboardInterrupt if a signal came.
    """
    child = subprocess.Popen(command)
    received: list[int] = []

    def stop(number: int, frame: FrameType | None) -> None:
        received.append(number)
        # The terminal sends Ctrl-C to the child itself.
        if number == signal.SIGTERM:
            child.terminate()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        code = child.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if received:
        raise KeyboardInterrupt
    return code

"""Signals while another program runs. Each test starts `run_program` in a process of its own."""

import os
import signal
import subprocess
import sys

import pytest

from tandem_training.program import run_program

child = """
import signal, sys, time
def stop(number, frame):
    time.sleep(1)
    print("child ended", flush=True)
    sys.exit(3)
signal.signal(signal.SIGTERM, stop)
signal.signal(signal.SIGINT, stop)
print("ready", flush=True)
signal.pause()
"""
parent = f"""
import sys
from tandem_training.program import run_program
try:
    run_program([sys.executable, "-c", {child!r}])
except KeyboardInterrupt:
    print("interrupted")
"""


@pytest.mark.parametrize("is_terminal", [False, True])
def test_a_signal_ends_the_program_first(is_terminal):
    """A terminal sends Ctrl-C to both processes. SIGTERM reaches only the first one."""
    process = subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert process.stdout.readline() == "ready\n"
    if is_terminal:
        os.killpg(process.pid, signal.SIGINT)
    else:
        process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=60) == ("child ended\ninterrupted\n", None)


def test_the_exit_code_is_that_of_the_program():
    assert run_program([sys.executable, "-c", "raise SystemExit(7)"]) == 7
    with pytest.raises(OSError):
        run_program(["/no/such/program"])

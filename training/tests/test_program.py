"""Signals while another program runs. Each test starts `run_program` in a process of its own."""

import fcntl
import os
import signal
import subprocess
import sys
import termios

import pytest

from tandem_training.program import run_program

child = """
import signal, sys, time
def stop(number, frame):
    print(signal.Signals(number).name, flush=True)
    time.sleep(1)
    print("child ended", flush=True)
    sys.exit(3)
def count(number, frame):
    print(signal.Signals(number).name, flush=True)
signal.signal(signal.SIGTERM, stop)
signal.signal(signal.SIGINT, count if "counts" in sys.argv else stop)
print("ready", flush=True)
while True:
    signal.pause()
"""
parent = """
import signal, sys
from tandem_training.program import run_program
# It may be ignored where the tests run.
signal.signal(signal.SIGINT, signal.default_int_handler)
try:
    run_program([sys.executable, "-c", *sys.argv[1:]])
except KeyboardInterrupt:
    print("interrupted")
"""
# A signal that comes after the start of the program and before `Popen` returns.
early = """
import os, signal, subprocess
popen = subprocess.Popen
def start(*args, **options):
    child = popen(*args, **options)
    os.kill(os.getpid(), signal.SIGTERM)
    return child
subprocess.Popen = start
"""


def start(code, *args, **options):
    command = [sys.executable, "-c", code, child, *args]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True, **options)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_the_process_ends_the_program_first(number):
    process = start(parent)
    assert process.stdout.readline() == "ready\n"
    process.send_signal(number)
    assert process.communicate(timeout=60) == (f"{number.name}\nchild ended\ninterrupted\n", None)


def test_the_program_gets_ctrl_c_once():
    """A terminal sends it to both processes."""
    terminal, side = os.openpty()
    process = start(parent, "counts", stdin=side, preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
    assert process.stdout.readline() == "ready\n"
    os.write(terminal, b"\x03")
    assert process.stdout.readline() == "SIGINT\n"
    # Passed on after whatever was done with SIGINT.
    process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=60) == ("SIGTERM\nchild ended\ninterrupted\n", None)
    os.close(terminal)
    os.close(side)


def test_a_signal_at_the_start_leaves_no_program_behind():
    process = start(early + parent)
    # The pipe ends only if the program has ended too.
    assert process.communicate(timeout=60)[0].endswith("interrupted\n")
    assert process.returncode == 0


def test_the_exit_code_is_that_of_the_program():
    assert run_program([sys.executable, "-c", "raise SystemExit(7)"]) == 7
    with pytest.raises(OSError):
        run_program(["/no/such/program"])

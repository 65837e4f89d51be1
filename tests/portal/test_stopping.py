"""A portal that is told to stop stops, whatever it is doing at that instant."""

import subprocess
import sys

# A signal at the first line that a wait runs through, at the second, …; others follow, in case that one came too early.
SIGNALS_AT_EVERY_LINE = """
import faulthandler, os, signal, sys, threading, time
from portal import serve

def tell():
    while True:
        time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGTERM)

def signal_at(line):
    lines = iter(range(line))
    def trace(_frame, event, _value):
        if event == "line" and next(lines, None) == line - 1:
            signal.raise_signal(signal.SIGTERM)
        return trace
    return trace

serve.LOOK_EVERY_S = 0.001
faulthandler.dump_traceback_later(120, exit=True)
signal.signal(signal.SIGTERM, lambda *_: None)
threading.Thread(target=tell, daemon=True).start()
for line in range(1, 300):
    sys.settrace(signal_at(line))
    serve.wait_until_stopped()
os._exit(0)
"""


def test_no_signal_is_lost_at_whatever_line_it_comes():
    done = subprocess.run([sys.executable, "-c", SIGNALS_AT_EVERY_LINE], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

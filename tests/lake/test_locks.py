import subprocess
import sys
import threading
from contextlib import contextmanager

import pytest

from lake.errors import RefusedInputError
from lake.home import Home
from lake.locks import hold_lock, lake_lock

HOLDER = """
import sys
from pathlib import Path
from lake.home import Home
from lake.locks import hold_lock
with hold_lock(Home(Path(sys.argv[1])), "lake", wait_s=10):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def _held_by_another_process(home):
    command = [sys.executable, "-c", HOLDER, str(home.root)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "held\n"
        try:
            yield holder
        finally:
            holder.kill()


def test_a_lock_that_another_process_holds_is_refused_after_the_wait_with_its_name(home):
    with (
        _held_by_another_process(home),
        pytest.raises(RefusedInputError, match=r"still works on 'lake' .* after 0 s"),
        hold_lock(home, "lake", wait_s=0.1),
    ):
        pass


def test_the_lock_of_a_killed_process_is_free_at_once(home):
    with _held_by_another_process(home) as holder:
        holder.kill()
        holder.wait()
        with hold_lock(home, "lake", wait_s=0.1):
            pass


def test_locks_of_other_names_and_other_homes_are_free(home, tmp_path):
    with _held_by_another_process(home):
        with hold_lock(home, "other", wait_s=0.1):
            pass
        with hold_lock(Home(tmp_path / "elsewhere"), "lake", wait_s=0.1):
            pass


def test_who_holds_the_lock_may_take_it_again(home):
    with lake_lock(home), lake_lock(home):
        pass
    with hold_lock(home, "lake", wait_s=0.1):
        pass


def test_another_thread_of_the_same_process_waits(home):
    order = []
    inside, waiting = threading.Event(), threading.Event()

    def second():
        inside.wait()
        waiting.set()
        with lake_lock(home):
            order.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    with lake_lock(home):
        inside.set()
        waiting.wait()
        thread.join(0.3)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]

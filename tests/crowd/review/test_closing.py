import threading
import time

import duckdb
import pytest
from map_lakes import ENGINE

from crowd.review import warming
from crowd.review.memory import ClosedMemoryError, Memory
from lake.home import Home

ENDLESS = "select sum(a.range * b.range) from range(10_000_000) a, range(10_000_000) b"
PATIENCE_S = 60


def ask(memory, begun, told):
    """Ask for what takes hours; tells how it ended."""
    try:
        with memory.cursor() as cursor:
            begun.set()
            cursor.execute(ENDLESS).fetchall()
    except duckdb.Error as error:
        told.append(type(error))


def test_closing_interrupts_who_asks_and_waits_for_nobody_else():
    memory, begun, told = Memory(ENGINE), threading.Event(), []
    asking = threading.Thread(target=ask, args=(memory, begun, told), daemon=True)
    asking.start()
    assert begun.wait(PATIENCE_S)
    memory.close()
    asking.join(PATIENCE_S)
    assert told == [duckdb.InterruptException]


def test_nothing_can_be_asked_of_what_was_closed():
    memory = Memory(ENGINE)
    memory.close()
    with pytest.raises(ClosedMemoryError), memory.cursor():
        pass


def test_who_keeps_warm_ends_in_the_midst_of_an_hour_when_the_memory_is_closed(monkeypatch, tmp_path):
    memory, begun = Memory(ENGINE), threading.Event()

    def warm_for_hours(memory, *_, **__):
        with memory.cursor() as cursor:
            begun.set()
            while True:
                cursor.execute(ENDLESS).fetchall()

    monkeypatch.setattr(warming, "warm", warm_for_hours)
    given = {"k": 15, "stop": threading.Event()}
    keeping = threading.Thread(target=warming.keep_warm, args=(memory, Home(tmp_path)), kwargs=given, daemon=True)
    keeping.start()
    assert begun.wait(PATIENCE_S)
    time.sleep(0.1)
    memory.close()
    keeping.join(PATIENCE_S)
    assert not keeping.is_alive()

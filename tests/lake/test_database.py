import os
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, make_url, text

import crowd.warnings.tables
import lake.ledger
import portal.read_marks
import portal.security.tables
from lake.database import NEWEST, Base, Database, open_database
from lake.errors import RefusedInputError
from lake.ledger import FileRecord, TakenFile, open_ledger

RECORD = FileRecord(
    stage="counts",
    name="counts.csv",
    sha256="a" * 64,
    reading="plain",
    verdict="accepted",
    taken_at=datetime(2020, 3, 31, 12, tzinfo=UTC),
    taken_by="analyst",
)
MODELS = (crowd.warnings.tables, lake.ledger, portal.read_marks, portal.security.tables)


def engine_of(url):
    return create_engine(make_url(url).set(drivername="postgresql+psycopg") if url.startswith("postgresql") else url)


def test_migrations_make_the_tables_that_the_models_describe(ledger_url):
    with open_database(ledger_url) as database, database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_newest_migration_is_the_one_that_ledgers_are_brought_to(ledger_url):
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(lake.__path__[0]) + "/migrations")
    assert ScriptDirectory.from_config(config).get_current_head() == NEWEST
    with open_database(ledger_url) as database, database.engine.connect() as connection:
        assert connection.execute(text("select version_num from alembic_version")).scalars().all() == [NEWEST]


def test_a_ledger_from_before_migrations_is_taken_over_with_its_rows(ledger_url):
    engine = engine_of(ledger_url)
    TakenFile.__table__.create(engine)
    with engine.begin() as connection:
        values = {**vars(RECORD), "operators": '["alun"]', "rows_quarantined": "{}"}
        connection.execute(TakenFile.__table__.insert(), values)
    engine.dispose()
    with open_ledger(ledger_url) as ledger:
        assert [(record.name, record.operators) for record in ledger.files()] == [("counts.csv", ("alun",))]
        ledger.record(RECORD)
        assert len(ledger.files()) == 2
    with open_database(ledger_url) as database:
        assert set(Base.metadata.tables) <= set(inspect(database.engine).get_table_names())


def test_a_second_opening_changes_nothing(ledger_url):
    with open_ledger(ledger_url) as ledger:
        ledger.record(RECORD)
    for _ in range(2):
        with open_ledger(ledger_url) as ledger:
            assert ledger.files() == [RECORD]


def test_many_processes_open_a_new_ledger_at_once(ledger_url):
    program = (
        "import sys, time; from lake.database import open_database; from sqlalchemy import text\n"
        "import alembic.command\n"
        "time.sleep(max(float(sys.argv[2]) - time.time(), 0))\n"
        "with open_database(sys.argv[1]) as database, database.reading() as session:\n"
        "    print(session.execute(text('select count(*) from warning_controls')).scalar_one())\n"
    )
    start = str(time.time() + 2)
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program, ledger_url, start],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(5)
    ]
    assert [process.communicate(timeout=60) for process in started] == [("1\n", "")] * 5


def test_threads_that_each_open_a_ledger_of_their_own_do_not_mix_them_up(tmp_path):
    urls = [f"sqlite:///{tmp_path / f'{n}.sqlite'}" for n in range(8)]

    def open_one(url):
        with open_database(url) as database:
            return set(inspect(database.engine).get_table_names())

    with ThreadPoolExecutor(8) as pool:
        for tables in pool.map(open_one, urls):
            assert set(Base.metadata.tables) <= tables


def test_all_that_a_reader_sees_is_of_one_moment(ledger_url):
    count = text("select count(*) from files")
    with open_ledger(ledger_url) as ledger, open_database(ledger_url) as database:
        with database.reading() as session:
            before = session.execute(count).scalar_one()
            ledger.record(RECORD)
            assert session.execute(count).scalar_one() == before == 0
        with database.reading() as session:
            assert session.execute(count).scalar_one() == 1


def test_a_reader_keeps_no_writer_waiting(ledger_url):
    with open_ledger(ledger_url) as ledger, open_database(ledger_url) as database, database.reading() as session:
        session.execute(text("select count(*) from files")).scalar_one()
        ledger.record(RECORD)
        assert len(ledger.files()) == 1


def test_a_ledger_of_a_newer_release_is_refused_and_left_alone(ledger_url):
    with open_database(ledger_url) as database, database.engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    with pytest.raises(RefusedInputError, match="newer Kerumun"):
        Database(ledger_url)
    engine = engine_of(ledger_url)
    with engine.connect() as connection:
        assert connection.execute(text("select version_num from alembic_version")).scalar_one() == "9999"
    engine.dispose()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ledger.sqlite",
        "postgresql://kerumun:s3cret@127.0.0.1:port/ledger",
        "nothing://kerumun:s3cret@127.0.0.1/ledger",
        "mysql://kerumun:s3cret@127.0.0.1/ledger",
        "mssql+pyodbc://kerumun:s3cret@127.0.0.1/ledger",
    ],
)
def test_what_is_no_address_of_a_ledger_is_refused_in_one_sentence(url):
    with pytest.raises(RefusedInputError, match="ledger_url") as refusal:
        Database(url)
    assert "s3cret" not in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("url", ["kerumun:s3cret@127.0.0.1:{}/ledger", "kerumun@127.0.0.1:{}/ledger?password=s3cret"])
def test_a_server_that_is_not_there_is_told_at_once_and_without_the_password(url):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        began = time.monotonic()
        with pytest.raises(RefusedInputError, match=r"127\.0\.0\.1.* cannot be opened .*: see ledger_url") as refusal:
            Database("postgresql://" + url.format(taken.getsockname()[1]))
    assert time.monotonic() - began < 5
    assert "s3cret" not in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_database_that_the_server_does_not_have_is_told(new_postgres_url):
    url = make_url(new_postgres_url().replace("kerumun@", "kerumun:s3cret@")).set(database="nowhere")
    with pytest.raises(RefusedInputError, match="nowhere") as refusal:
        Database(url.render_as_string(hide_password=False))
    assert "s3cret" not in str(refusal.value)


def test_a_file_that_is_no_database_is_refused(tmp_path):
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(os.urandom(8192))
    with pytest.raises(RefusedInputError, match="not a database"):
        Database(f"sqlite:///{path}")

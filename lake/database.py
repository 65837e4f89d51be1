"""The ledger's database: SQLite or PostgreSQL, brought to the newest tables when it is opened."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.resources import files
from threading import Lock
from time import sleep

from sqlalchemy import URL, Connection, DateTime, Engine, TypeDecorator, create_engine, event, inspect, make_url, text
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session

from lake.errors import RefusedInputError

NEWEST = "0003"  # of lake/migrations/versions
MAKING_ATTEMPTS = 20
MAKING_PAUSE_S = 0.1
IDLE_S = 120  # of a PostgreSQL transaction in which nothing happens
READING: Mapping[str, Mapping[str, str]] = {
    "sqlite": {"sqlite_begin": "begin deferred"},
    "postgresql": {"isolation_level": "REPEATABLE READ"},
}
# Any number does, as long as nobody else on the same PostgreSQL server takes it for something else.
MIGRATION_LOCK = 5_102_020_331
# Alembic keeps the connection that it works on in a variable of the whole process.
ALEMBIC_LOCK = Lock()


class Instant(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC also where the database knows no time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Store in UTC."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give back in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Tables of the ledger."""


class Database:
    """One ledger database, with the newest tables."""

    def __init__(self, url: str) -> None:
        """Open the database at an SQLAlchemy URL, making or upgrading its tables.

        Raises:
            RefusedInputError: the URL is none, or nothing answers there.
        """
        self.engine = _open_engine(url)
        _bring_up(self.engine)

    def close(self) -> None:
        """Give back the connections."""
        self.engine.dispose()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction that may write: whole at the end of the block, or not at all."""
        with Session(self.engine) as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that only reads, all of it as of one moment, and keeps no writer waiting."""
        engine = self.engine.execution_options(**READING[self.engine.dialect.name])
        with Session(engine) as session:
            yield session


@contextmanager
def open_database(url: str) -> Iterator[Database]:
    """A database for the length of a block."""
    database = Database(url)
    try:
        yield database
    finally:
        database.close()


def _open_engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        engine = create_engine(parsed, connect_args=_server_options(parsed))
        if engine.dialect.name not in READING:
            raise RefusedInputError("the ledger lies in SQLite or PostgreSQL: see ledger_url")
    except (ArgumentError, ValueError, NoSuchModuleError, ModuleNotFoundError):
        message = "ledger_url is no address of a database: write it like postgresql://user@host/database"
        raise RefusedInputError(message) from None
    if engine.dialect.name == "sqlite":
        _make_durable(engine)
    return engine


def _server_options(url: URL) -> dict[str, str]:
    """Without them whoever vanishes in a transaction (a machine that lost its network) keeps its locks for hours."""
    if url.get_backend_name() != "postgresql" or "options" in url.query:
        return {}
    return {"options": f"-c idle_in_transaction_session_timeout={IDLE_S}s"}


def _make_durable(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _set_up(connection: object, _record: object) -> None:
        connection.isolation_level = None  # type: ignore[attr-defined]
        cursor = connection.cursor()  # type: ignore[attr-defined]
        cursor.execute("pragma busy_timeout = 30000")
        cursor.execute("pragma journal_mode = wal")
        cursor.execute("pragma synchronous = full")
        cursor.execute("pragma foreign_keys = on")
        cursor.close()

    # A transaction that reads first and writes later would fail where another one wrote in between.
    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("sqlite_begin", "begin immediate"))


def _bring_up(engine: Engine) -> None:
    """Make or upgrade the tables. Who loses the race against another process finds them at the next attempt."""
    for attempt in range(MAKING_ATTEMPTS):
        try:
            if _version(engine) != NEWEST:
                _migrate(engine)
        except DBAPIError as error:
            if attempt == MAKING_ATTEMPTS - 1 or _nobody_there(error, engine):
                raise RefusedInputError(_told(error, engine)) from None
            sleep(MAKING_PAUSE_S)
        else:
            return


def _nobody_there(error: DBAPIError, engine: Engine) -> bool:
    return engine.dialect.name != "sqlite" and isinstance(error, OperationalError)


def _told(error: DBAPIError, engine: Engine) -> str:
    said = str(error.orig).strip().splitlines()
    # A password may also stand behind the question mark.
    where = engine.url.set(query={}).render_as_string(hide_password=True)
    return f"the ledger at {where} cannot be opened ({said[0] if said else 'no reason given'}): see ledger_url"


def _version(engine: Engine) -> str | None:
    with engine.execution_options(sqlite_begin="begin deferred").connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("select version_num from alembic_version")).scalar()


def _migrate(engine: Engine) -> None:
    # Alembic takes a third of a second to import, and is needed once in the life of a ledger.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    with ALEMBIC_LOCK, engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        config = Config()
        config.set_main_option("script_location", str(files("lake").joinpath("migrations")))
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, NEWEST)
        except CommandError:
            message = "the ledger was made by a newer Kerumun: use that one, or another ledger_url"
            raise RefusedInputError(message) from None

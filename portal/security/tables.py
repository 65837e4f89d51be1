"""Tables of the ledger that hold who may sign in, and who is signed in."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from lake.database import Base, Instant
from portal.options import Role


class AccountRow(Base):
    """A person. Never deleted, so that the trail's logins keep their meaning."""

    __tablename__ = "accounts"

    login: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(128))
    name_key: Mapped[str] = mapped_column(String(128), unique=True)
    role: Mapped[Role] = mapped_column(String(16))
    is_disabled: Mapped[bool]
    password_hash: Mapped[str | None] = mapped_column(String(255))
    may_use_oidc: Mapped[bool]
    oidc_subject: Mapped[str | None] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime | None] = mapped_column(Instant)


class LinkRow(Base):
    """A one-time link with which a person chooses a password; without a login the first admin makes an account."""

    __tablename__ = "account_links"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    login: Mapped[str | None] = mapped_column(String(64), ForeignKey("accounts.login"), unique=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)


class SessionRow(Base):
    """A browser that a person is signed in with."""

    __tablename__ = "sessions"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    login: Mapped[str] = mapped_column(String(64), ForeignKey("accounts.login"), index=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)


class BrowserRow(Base):
    """A browser that a person has signed in with before: other people's wrong passwords do not hold it up."""

    __tablename__ = "known_browsers"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    login: Mapped[str] = mapped_column(String(64), ForeignKey("accounts.login"), index=True)
    seen_at: Mapped[datetime] = mapped_column(Instant)


class OidcAnswerRow(Base):
    """An answer of the provider that was taken, and is not taken again."""

    __tablename__ = "oidc_answers"

    state_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)


class TokenRow(Base):
    """What a machine shows to be let in."""

    __tablename__ = "tokens"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[str] = mapped_column(String(64))
    created_by: Mapped[str] = mapped_column(String(64), ForeignKey("accounts.login"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    last_used_at: Mapped[datetime | None] = mapped_column(Instant)


class AttemptRow(Base):
    """Wrong passwords, links and tokens of one login, browser or address lately."""

    __tablename__ = "sign_in_attempts"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    failures: Mapped[int]
    failed_at: Mapped[datetime] = mapped_column(Instant, index=True)
    wait_until: Mapped[datetime] = mapped_column(Instant)

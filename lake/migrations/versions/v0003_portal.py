"""Accounts of the review map: who may sign in, who is signed in, what they have read."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

INSTANT = sa.DateTime(timezone=True)
LOGIN = sa.String(64)
SHA256 = sa.String(64)


def upgrade() -> None:
    """Make the tables."""
    _make_accounts()
    _make_sessions()
    _make_tokens()
    _make_attempts()
    _make_read_marks()


def _make_accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("login", LOGIN, primary_key=True),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("name_key", sa.String(128), nullable=False, unique=True),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("is_disabled", sa.Boolean, nullable=False),
        sa.Column("password_hash", sa.String(255)),
        sa.Column("may_use_oidc", sa.Boolean, nullable=False),
        sa.Column("oidc_subject", sa.String(64), unique=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT),
    )
    op.create_table(
        "account_links",
        sa.Column("sha256", SHA256, primary_key=True),
        sa.Column("login", LOGIN, sa.ForeignKey("accounts.login"), unique=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
    )


def _make_sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("sha256", SHA256, primary_key=True),
        sa.Column("login", LOGIN, sa.ForeignKey("accounts.login"), nullable=False, index=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
    )
    op.create_table(
        "known_browsers",
        sa.Column("sha256", SHA256, primary_key=True),
        sa.Column("login", LOGIN, sa.ForeignKey("accounts.login"), nullable=False, index=True),
        sa.Column("seen_at", INSTANT, nullable=False),
    )
    op.create_table(
        "oidc_answers",
        sa.Column("state_sha256", SHA256, primary_key=True),
        sa.Column("at", INSTANT, nullable=False),
    )


def _make_tokens() -> None:
    op.create_table(
        "tokens",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("sha256", SHA256, nullable=False, unique=True),
        sa.Column("name", sa.String(64), nullable=False, unique=True),
        sa.Column("scopes", sa.String(64), nullable=False),
        sa.Column("created_by", LOGIN, sa.ForeignKey("accounts.login"), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("last_used_at", INSTANT),
    )


def _make_attempts() -> None:
    op.create_table(
        "sign_in_attempts",
        sa.Column("key", sa.String(80), primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("failed_at", INSTANT, nullable=False, index=True),
        sa.Column("wait_until", INSTANT, nullable=False),
    )


def _make_read_marks() -> None:
    op.create_table(
        "read_marks",
        sa.Column("login", LOGIN, primary_key=True),
        sa.Column("gathering_id", sa.String(64), primary_key=True),
        sa.Column("level", sa.String(16), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
    )

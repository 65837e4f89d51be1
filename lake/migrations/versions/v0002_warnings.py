"""Warnings, their revisions and approvals, the outbox and the audit trail."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

INSTANT = sa.DateTime(timezone=True)
NOTHING_YET = "0" * 64
REFUSE = "select raise(abort, 'the audit trail is append-only')"
FUNCTION = """create function refuse_audit_change() returns trigger language plpgsql as
$$ begin raise exception 'the audit trail is append-only'; end $$"""
APPEND_ONLY = {
    "sqlite": (
        f"create trigger audit_is_never_changed before update on audit begin {REFUSE}; end",
        f"create trigger audit_is_never_shortened before delete on audit begin {REFUSE}; end",
        # "insert or replace" removes rows without a word to the trigger above.
        f"""create trigger audit_is_never_replaced before insert on audit
        when exists (select 1 from audit where seq = new.seq) begin {REFUSE}; end""",
    ),
    "postgresql": (
        FUNCTION,
        """create trigger audit_is_never_changed before update or delete on audit
        for each row execute function refuse_audit_change()""",
        """create trigger audit_is_never_emptied before truncate on audit
        for each statement execute function refuse_audit_change()""",
    ),
}


def upgrade() -> None:
    """Make the tables."""
    _make_warnings()
    _make_revisions()
    _make_approvals()
    _make_outbox()
    _make_audit()


def _make_warnings() -> None:
    op.create_table(
        "warnings",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("draft_key", sa.String(160), nullable=False, unique=True),
        sa.Column("mode", sa.String(8), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("state", sa.String(16), nullable=False, index=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("gathering_id", sa.String(64), nullable=False, index=True),
        sa.Column("interval_start", INSTANT, nullable=False),
        sa.Column("level", sa.String(16), nullable=False),
        sa.Column("area_code", sa.String(32)),
        sa.Column("area_name", sa.Text, nullable=False),
        sa.Column("regency_code", sa.String(32)),
        sa.Column("timezone", sa.String(64), nullable=False),
        sa.Column("lat", sa.Float, nullable=False),
        sa.Column("lon", sa.Float, nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("code", sa.String(16), nullable=False, unique=True),
        sa.Column("approvals_needed", sa.Integer, nullable=False),
        sa.Column("replaces", sa.String(32), sa.ForeignKey("warnings.id")),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("approved_at", INSTANT),
        sa.Column("stopped_at", INSTANT),
        sa.Column("expires_at", INSTANT, nullable=False),
    )


def _make_revisions() -> None:
    op.create_table(
        "warning_revisions",
        sa.Column("warning_id", sa.String(32), sa.ForeignKey("warnings.id"), primary_key=True),
        sa.Column("revision", sa.Integer, primary_key=True),
        sa.Column("texts", sa.Text, nullable=False),
        sa.Column("officer_texts", sa.Text, nullable=False),
        sa.Column("lists", sa.Text, nullable=False),
        sa.Column("outline", sa.Text, nullable=False),
        sa.Column("problems", sa.Text, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("created_by", sa.String(128), nullable=False),
        sa.Column("why", sa.Text, nullable=False),
    )
    op.create_table(
        "cell_lists",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )


def _make_approvals() -> None:
    op.create_table(
        "approvals",
        sa.Column("warning_id", sa.String(32), sa.ForeignKey("warnings.id"), primary_key=True),
        sa.Column("revision", sa.Integer, primary_key=True),
        sa.Column("approver", sa.String(128), primary_key=True),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("login", sa.String(128), nullable=False),
        sa.Column("said", sa.String(64), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
    )


def _make_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("key", sa.String(160), primary_key=True),
        sa.Column("warning_id", sa.String(32), sa.ForeignKey("warnings.id"), nullable=False, index=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("recipient", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False, index=True),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("asked", sa.Integer, nullable=False),
        sa.Column("due_at", INSTANT, index=True),
        sa.Column("lease_until", INSTANT),
        sa.Column("cells_sha256", sa.String(64)),
        sa.Column("recipients", sa.Integer, nullable=False),
        sa.Column("confirmed", sa.Integer),
        sa.Column("reference", sa.Text),
        sa.Column("said", sa.Text),
        sa.Column("what_to_do", sa.Text),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("sent_at", INSTANT, index=True),
        sa.Column("final_at", INSTANT),
        sa.UniqueConstraint("warning_id", "revision", "channel", "recipient"),
    )


def _make_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("warning_id", sa.String(32), index=True),
        sa.Column("key", sa.String(160)),
        sa.Column("action", sa.String(32), nullable=False),
        sa.Column("before", sa.String(16)),
        sa.Column("after", sa.String(16)),
        sa.Column("who", sa.String(128), nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("details", sa.Text, nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)
    controls = op.create_table(
        "warning_controls",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("is_paused", sa.Boolean, nullable=False),
        sa.Column("paused_by", sa.String(128)),
        sa.Column("paused_at", INSTANT),
        sa.Column("paused_why", sa.Text),
        sa.Column("audit_seq", sa.Integer, nullable=False),
        sa.Column("audit_hash", sa.String(64), nullable=False),
    )
    op.bulk_insert(controls, [{"id": 1, "is_paused": False, "audit_seq": 0, "audit_hash": NOTHING_YET}])

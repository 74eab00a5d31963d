"""Jobs and their progress."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the two tables."""
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("centre", sa.Text(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("out", sa.Text(), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("started", sa.DateTime()),
        sa.Column("finished", sa.DateTime()),
        sa.Column("heartbeat", sa.DateTime()),
        sa.Column("pid", sa.Integer()),
        sa.Column("result", sa.JSON()),
        sa.Column("error", sa.Text()),
    )
    active = sa.text("state IN ('queued', 'running', 'stopping')")
    op.create_index(
        "one_active_job_per_folder", "job", ["out"], unique=True, sqlite_where=active, postgresql_where=active
    )
    op.create_table(
        "job_progress",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("job_id", sa.Integer(), sa.ForeignKey("job.id", ondelete="CASCADE"), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("step", sa.String(40), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("cost", sa.Float()),
        sa.Column("bound", sa.Float()),
    )
    op.create_index("ix_job_progress_job_id", "job_progress", ["job_id"])


def downgrade() -> None:
    """Drop the two tables."""
    op.drop_table("job_progress")
    op.drop_table("job")

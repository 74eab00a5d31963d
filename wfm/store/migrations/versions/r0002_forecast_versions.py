"""Versions of forecasts."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "forecast_version",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("centre", sa.Text(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("now", sa.DateTime()),
        sa.Column("inputs_sha256", sa.String(64), nullable=False),
        sa.Column("versions", sa.JSON(), nullable=False),
        sa.Column("methods", sa.JSON(), nullable=False),
        sa.Column("caveats", sa.JSON(), nullable=False),
        sa.Column("table", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_forecast_version_week", "forecast_version", ["week"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("forecast_version")

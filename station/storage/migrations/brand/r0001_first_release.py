"""The first release's brand folder.

Revision ID: brand_0001
"""

import sqlalchemy as sa
from alembic import op

revision = "brand_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; files of the first release are made with them and never pass here."""
    op.create_table(
        "brand",
        sa.Column("brand_id", sa.Integer, primary_key=True),
        sa.Column("slug", sa.Text, nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
    )
    op.create_table(
        "product",
        sa.Column("product_id", sa.Integer, primary_key=True),
        sa.Column("brand_id", sa.Integer, sa.ForeignKey("brand.brand_id"), nullable=False),
        sa.Column("gtin", sa.Text, nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("accepted_kinds", sa.Text, nullable=False),
        sa.Column("tag_ai", sa.Text, nullable=False),
    )
    op.create_table(
        "signing_key",
        sa.Column("brand_id", sa.Integer, sa.ForeignKey("brand.brand_id"), primary_key=True),
        sa.Column("key_id", sa.Integer, primary_key=True),
        sa.Column("algorithm", sa.Integer, nullable=False),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("since_utc", sa.Text, nullable=False),
        sa.Column("gtins", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "code_order",
        sa.Column("order_id", sa.Integer, primary_key=True),
        sa.Column("product_id", sa.Integer, sa.ForeignKey("product.product_id"), nullable=False),
        sa.Column("key_id", sa.Integer),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("requested", sa.Integer),
        sa.Column("issued", sa.Integer, nullable=False),
        sa.Column("created_utc", sa.Text, nullable=False),
        sa.Column("lot", sa.Text),
        sa.Column("expiry", sa.Text),
        sa.Column("seed", sa.Text),
    )
    op.create_index("code_order_lot", "code_order", ["product_id", "lot"])
    op.create_table(
        "unit",
        sa.Column("product_id", sa.Integer, primary_key=True),
        sa.Column("serial", sa.Text, primary_key=True),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("overlays", sa.Integer, nullable=False),
        sa.Column("order_id", sa.Integer, nullable=False),
        sa.Column("place", sa.Text),
        sa.Column("tag", sa.LargeBinary),
        sa.CheckConstraint("state BETWEEN 0 AND 11", name="unit_state"),
        sa.CheckConstraint("overlays BETWEEN 0 AND 15", name="unit_overlays"),
        sa.CheckConstraint("tag IS NULL OR length(tag) = 67", name="unit_tag_bytes"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "opaque_code",
        sa.Column("code", sa.Text, primary_key=True),
        sa.Column("product_id", sa.Integer, nullable=False),
        sa.Column("serial", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "publication",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("started_utc", sa.Text, nullable=False),
        sa.Column("finished_utc", sa.Text),
        sa.Column("unit_count", sa.Integer),
    )

"""The first release's registry.

Revision ID: registry_0001
"""

import sqlalchemy as sa
from alembic import op

revision = "registry_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; files of the first release are made with them and never pass here."""
    op.create_table(
        "generation",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("published_utc", sa.Text, nullable=False),
        sa.Column("state_digest", sa.Text, nullable=False),
        sa.Column("keys_digest", sa.Text, nullable=False),
        sa.Column("rows_here", sa.Integer, nullable=False),
    )
    op.create_table(
        "holding",
        sa.Column("brand_id", sa.Integer, primary_key=True),
        sa.Column("stream", sa.Text, primary_key=True),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "laid_over",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("digest", sa.Text, nullable=False),
    )
    op.create_table(
        "brand",
        sa.Column("brand_id", sa.Integer, primary_key=True),
        sa.Column("slug", sa.Text, nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("policy", sa.Text, nullable=False, server_default="{}"),
    )
    op.create_table(
        "product",
        sa.Column("product_id", sa.Integer, primary_key=True),
        sa.Column("brand_id", sa.Integer, sa.ForeignKey("brand.brand_id"), nullable=False),
        sa.Column("gtin", sa.Text, nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("accepted_kinds", sa.Text, nullable=False),
        sa.Column("tag_ai", sa.Text, nullable=False),
        sa.Column("policy", sa.Text, nullable=False, server_default="{}"),
        sa.Column("unit_stream", sa.Text, nullable=False),
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
        "seller",
        sa.Column("brand_id", sa.Integer, sa.ForeignKey("brand.brand_id"), primary_key=True),
        sa.Column("seller_id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "supply",
        sa.Column("brand_id", sa.Integer, primary_key=True),
        sa.Column("seller_id", sa.Text, primary_key=True),
        sa.Column("gtin", sa.Text, sa.ForeignKey("product.gtin"), primary_key=True),
        sa.Column("first_day", sa.Text, nullable=False),
        sa.Column("last_day", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "standing",
        sa.Column("standing_id", sa.Integer, primary_key=True),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("overlays", sa.Integer, nullable=False),
        sa.Column("lot", sa.Text),
        sa.Column("expiry", sa.Text),
        sa.Column("place", sa.Text),
    )
    op.create_table(
        "unit",
        sa.Column("product_id", sa.Integer, primary_key=True),
        sa.Column("serial", sa.Text, primary_key=True),
        sa.Column("standing_id", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "opaque_code",
        sa.Column("code", sa.Text, primary_key=True),
        sa.Column("product_id", sa.Integer, nullable=False),
        sa.Column("serial", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )

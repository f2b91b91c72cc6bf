"""Marketplaces: doors and breaker of a channel, what a look saw, pauses, clerk links, lists of links to check."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('link_check',
    sa.Column('id', sa.String(length=12), nullable=False),
    sa.Column('producer_id', sa.String(length=12), nullable=True),
    sa.Column('commune_code', sa.String(length=10), nullable=True),
    sa.Column('file_name', sa.String(length=200), nullable=False),
    sa.Column('made_by', sa.String(length=12), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['producer_id'], ['producer.id'], name=op.f('fk_link_check_producer_id_producer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_link_check'))
    )
    with op.batch_alter_table('link_check', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_link_check_commune_code'), ['commune_code'], unique=False)
        batch_op.create_index(batch_op.f('ix_link_check_producer_id'), ['producer_id'], unique=False)

    op.create_table('sending_turn',
    sa.Column('producer_id', sa.String(length=12), nullable=False),
    sa.Column('served_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['producer_id'], ['producer.id'], name=op.f('fk_sending_turn_producer_id_producer')),
    sa.PrimaryKeyConstraint('producer_id', name=op.f('pk_sending_turn'))
    )
    op.create_table('checked_link',
    sa.Column('id', sa.String(length=12), nullable=False),
    sa.Column('check_id', sa.String(length=12), nullable=False),
    sa.Column('row', sa.Integer(), nullable=False),
    sa.Column('product_name', sa.String(length=300), nullable=False),
    sa.Column('producer_name', sa.String(length=300), nullable=False),
    sa.Column('url', sa.String(length=500), nullable=False),
    sa.Column('price_vnd', sa.Integer(), nullable=True),
    sa.Column('channel_id', sa.String(length=12), nullable=True),
    sa.Column('listing_id', sa.String(length=12), nullable=True),
    sa.Column('result', sa.String(length=20), nullable=False),
    sa.Column('params', sa.JSON(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('looked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['channel_id'], ['channel.id'], name=op.f('fk_checked_link_channel_id_channel')),
    sa.ForeignKeyConstraint(['check_id'], ['link_check.id'], name=op.f('fk_checked_link_check_id_link_check')),
    sa.ForeignKeyConstraint(['listing_id'], ['listing.id'], name=op.f('fk_checked_link_listing_id_listing')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_checked_link'))
    )
    with op.batch_alter_table('checked_link', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_checked_link_check_id'), ['check_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_checked_link_result'), ['result'], unique=False)

    op.create_table('clerk_link',
    sa.Column('id', sa.String(length=12), nullable=False),
    sa.Column('publication_id', sa.String(length=12), nullable=True),
    sa.Column('commune_code', sa.String(length=10), nullable=True),
    sa.Column('channel_id', sa.String(length=12), nullable=True),
    sa.Column('label', sa.String(length=200), nullable=False),
    sa.Column('created_by', sa.String(length=12), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('wrong_pins', sa.Integer(), nullable=False),
    sa.Column('locked_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['channel_id'], ['channel.id'], name=op.f('fk_clerk_link_channel_id_channel')),
    sa.ForeignKeyConstraint(['publication_id'], ['publication.id'], name=op.f('fk_clerk_link_publication_id_publication')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_clerk_link'))
    )
    with op.batch_alter_table('clerk_link', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_clerk_link_commune_code'), ['commune_code'], unique=False)
        batch_op.create_index(batch_op.f('ix_clerk_link_publication_id'), ['publication_id'], unique=False)

    with op.batch_alter_table('channel', schema=None) as batch_op:
        batch_op.add_column(sa.Column('protocol', sa.String(length=20), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('agreed_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('agreed_by', sa.String(length=12), nullable=True))
        batch_op.add_column(sa.Column('contact', sa.String(length=200), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('category_map', sa.JSON(), nullable=False, server_default='{}'))
        batch_op.add_column(sa.Column('remote_categories', sa.JSON(), nullable=False, server_default='[]'))
        batch_op.add_column(sa.Column('failures', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('closed_until', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('token_lease', sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column('token_lease_until', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('token_renewed_at', sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table('publication', schema=None) as batch_op:
        batch_op.add_column(sa.Column('state_since', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('seen', sa.JSON(), nullable=False, server_default='{}'))
        batch_op.add_column(sa.Column('differences', sa.JSON(), nullable=False, server_default='[]'))
        batch_op.add_column(sa.Column('pause', sa.String(length=12), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('clerk_task', sa.String(length=10), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('handed_at', sa.DateTime(timezone=True), nullable=True))

    # The best we know of a state that was there before: when it was sent, else when the post was made.
    op.execute('UPDATE publication SET state_since = COALESCE(sent_at, created_at)')
    # What is on sale is looked at from now on.
    op.execute("UPDATE publication SET wanted = 'look', due_at = created_at WHERE state = 'live' AND wanted = 'none'")
    with op.batch_alter_table('publication', schema=None) as batch_op:
        batch_op.alter_column('state_since', existing_type=sa.DateTime(timezone=True), nullable=False)
        batch_op.create_index(batch_op.f('ix_publication_lease_until'), ['lease_until'], unique=False)


"""The commune desk: help asked of offices and groups, notices, imports, reports, dossiers, training, moves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ocop.db.append_only import append_only


revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('data_import',
    sa.Column('id', sa.String(length=12), nullable=False),
    sa.Column('commune_code', sa.String(length=5), nullable=False),
    sa.Column('file_name', sa.String(length=200), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('photos_name', sa.String(length=200), nullable=False),
    sa.Column('state', sa.Enum('sent', 'asking', 'checking', 'photos', 'checked', 'applying', 'applied', 'undone', 'failed', 'discarded', name='importstate', native_enum=False, length=24), nullable=False),
    sa.Column('reason', sa.String(length=60), nullable=False),
    sa.Column('mapping', sa.JSON(), nullable=False),
    sa.Column('counts', sa.JSON(), nullable=False),
    sa.Column('progress', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('made_by', sa.String(length=12), nullable=True),
    sa.Column('taken_by', sa.String(length=12), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state_since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('applied_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('lease_token', sa.String(length=32), nullable=True),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_data_import'))
    )
    with op.batch_alter_table('data_import', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_data_import_commune_code'), ['commune_code'], unique=False)

    op.create_table('helping_group',
    sa.Column('id', sa.String(length=12), nullable=False),
    sa.Column('kind', sa.Enum('digital_team', 'village', 'farmers_union', 'womens_union', 'youth_union', 'other', name='groupkind', native_enum=False, length=24), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('commune_code', sa.String(length=5), nullable=False),
    sa.Column('hamlet', sa.String(length=200), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_helping_group'))
    )
    with op.batch_alter_table('helping_group', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_helping_group_commune_code'), ['commune_code'], unique=False)

    op.create_table('report',
    sa.Column('id', sa.String(length=12), nullable=False),
    sa.Column('scope_kind', sa.Enum('producer', 'commune', 'group', 'province', 'install', name='scopekind', native_enum=False, length=24), nullable=False),
    sa.Column('scope_id', sa.String(length=12), nullable=False),
    sa.Column('first', sa.Date(), nullable=False),
    sa.Column('last', sa.Date(), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('numbers', sa.JSON(), nullable=False),
    sa.Column('evidence', sa.JSON(), nullable=False),
    sa.Column('made_by', sa.String(length=12), nullable=True),
    sa.Column('made_by_name', sa.String(length=200), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report'))
    )
    with op.batch_alter_table('report', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_report_scope_kind_scope_id'), ['scope_kind', 'scope_id'], unique=False)

    op.create_table('report_template',
    sa.Column('id', sa.String(length=12), nullable=False),
    sa.Column('scope_kind', sa.Enum('producer', 'commune', 'group', 'province', 'install', name='scopekind', native_enum=False, length=24), nullable=False),
    sa.Column('scope_id', sa.String(length=12), nullable=False),
    sa.Column('file_name', sa.String(length=200), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('made_by', sa.String(length=12), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report_template'))
    )
    with op.batch_alter_table('report_template', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_report_template_scope_kind_scope_id'), ['scope_kind', 'scope_id'], unique=False)

    op.create_table('training_class',
    sa.Column('id', sa.String(length=12), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('commune_code', sa.String(length=5), nullable=False),
    sa.Column('practice_commune', sa.String(length=5), nullable=False),
    sa.Column('held_on', sa.Date(), nullable=False),
    sa.Column('place', sa.String(length=200), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.Column('made_by', sa.String(length=12), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reset_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_class'))
    )
    with op.batch_alter_table('training_class', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_training_class_commune_code'), ['commune_code'], unique=False)
        batch_op.create_index(batch_op.f('ix_training_class_practice_commune'), ['practice_commune'], unique=False)

    op.create_table('discarded_roll',
    sa.Column('roll_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('roll_id', name=op.f('pk_discarded_roll'))
    )
    op.create_table('training_learner',
    sa.Column('id', sa.String(length=12), nullable=False),
    sa.Column('class_id', sa.String(length=12), nullable=False),
    sa.Column('user_id', sa.String(length=12), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('role', sa.Enum('producer_owner', 'producer_member', 'commune_officer', 'village_volunteer', 'province_officer', 'operator', name='role', native_enum=False, length=24), nullable=False),
    sa.ForeignKeyConstraint(['class_id'], ['training_class.id'], name=op.f('fk_training_learner_class_id_training_class')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_training_learner_user_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_learner')),
    sa.UniqueConstraint('class_id', 'number', name=op.f('uq_training_learner_class_id_number')),
    sa.UniqueConstraint('user_id', name=op.f('uq_training_learner_user_id'))
    )
    op.create_table('producer_transfer',
    sa.Column('id', sa.String(length=12), nullable=False),
    sa.Column('file_name', sa.String(length=200), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('made_by', sa.String(length=12), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('producer_id', sa.String(length=12), nullable=True),
    sa.Column('applied_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('discarded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('history', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['producer_id'], ['producer.id'], name=op.f('fk_producer_transfer_producer_id_producer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_producer_transfer'))
    )
    with op.batch_alter_table('producer_transfer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_producer_transfer_producer_id'), ['producer_id'], unique=False)

    op.create_table('delegation_offer',
    sa.Column('id', sa.String(length=12), nullable=False),
    sa.Column('producer_id', sa.String(length=12), nullable=False),
    sa.Column('helper_kind', sa.Enum('office', 'group', 'person', name='helperkind', native_enum=False, length=24), nullable=False),
    sa.Column('helper_id', sa.String(length=12), nullable=False),
    sa.Column('bundle', sa.Enum('write', 'publish', name='bundle', native_enum=False, length=24), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=False),
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('created_by', sa.String(length=12), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['producer_id'], ['producer.id'], name=op.f('fk_delegation_offer_producer_id_producer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_delegation_offer')),
    sa.UniqueConstraint('code_hash', name=op.f('uq_delegation_offer_code_hash'))
    )
    with op.batch_alter_table('delegation_offer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_delegation_offer_producer_id'), ['producer_id'], unique=False)

    op.create_table('import_row',
    sa.Column('id', sa.String(length=12), nullable=False),
    sa.Column('import_id', sa.String(length=12), nullable=False),
    sa.Column('sheet', sa.String(length=40), nullable=False),
    sa.Column('row', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('verdict', sa.String(length=12), nullable=False),
    sa.Column('cells', sa.JSON(), nullable=False),
    sa.Column('values', sa.JSON(), nullable=False),
    sa.Column('problems', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['import_id'], ['data_import.id'], name=op.f('fk_import_row_import_id_data_import')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_row')),
    sa.UniqueConstraint('import_id', 'position', name=op.f('uq_import_row_import_id_position'))
    )
    with op.batch_alter_table('import_row', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_import_row_import_id_verdict_position'), ['import_id', 'verdict', 'position'], unique=False)

    op.create_table('import_photo',
    sa.Column('id', sa.String(length=12), nullable=False),
    sa.Column('import_id', sa.String(length=12), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('entry', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=300), nullable=False),
    sa.Column('row_id', sa.String(length=12), nullable=True),
    sa.Column('shot', sa.String(length=12), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('width', sa.Integer(), nullable=False),
    sa.Column('height', sa.Integer(), nullable=False),
    sa.Column('byte_size', sa.Integer(), nullable=False),
    sa.Column('problem', sa.String(length=40), nullable=False),
    sa.ForeignKeyConstraint(['import_id'], ['data_import.id'], name=op.f('fk_import_photo_import_id_data_import')),
    sa.ForeignKeyConstraint(['row_id'], ['import_row.id'], name=op.f('fk_import_photo_row_id_import_row')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_photo')),
    sa.UniqueConstraint('import_id', 'position', name=op.f('uq_import_photo_import_id_position'))
    )
    with op.batch_alter_table('import_photo', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_import_photo_row_id'), ['row_id'], unique=False)

    op.create_table('imported_thing',
    sa.Column('import_id', sa.String(length=12), nullable=False),
    sa.Column('thing', sa.String(length=20), nullable=False),
    sa.Column('thing_id', sa.String(length=12), nullable=False),
    sa.Column('row_id', sa.String(length=12), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['import_id'], ['data_import.id'], name=op.f('fk_imported_thing_import_id_data_import')),
    sa.PrimaryKeyConstraint('import_id', 'thing', 'thing_id', name=op.f('pk_imported_thing'))
    )
    with op.batch_alter_table('imported_thing', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_imported_thing_import_id_thing_position'), ['import_id', 'thing', 'position'], unique=False)
        batch_op.create_index(batch_op.f('ix_imported_thing_thing_thing_id'), ['thing', 'thing_id'], unique=False)

    op.create_table('notice',
    sa.Column('id', sa.String(length=12), nullable=False),
    sa.Column('producer_id', sa.String(length=12), nullable=True),
    sa.Column('user_id', sa.String(length=12), nullable=True),
    sa.Column('code', sa.String(length=60), nullable=False),
    sa.Column('params', sa.JSON(), nullable=False),
    sa.Column('href', sa.String(length=200), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['producer_id'], ['producer.id'], name=op.f('fk_notice_producer_id_producer')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_notice_user_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice'))
    )
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_notice_producer_id'), ['producer_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_notice_user_id'), ['user_id'], unique=False)

    op.create_table('producer_place',
    sa.Column('id', sa.String(length=12), nullable=False),
    sa.Column('producer_id', sa.String(length=12), nullable=False),
    sa.Column('commune_code', sa.String(length=5), nullable=False),
    sa.Column('commune_name', sa.String(length=100), nullable=False),
    sa.Column('hamlet', sa.String(length=200), nullable=False),
    sa.Column('old_address', sa.String(length=300), nullable=False),
    sa.Column('until', sa.Date(), nullable=False),
    sa.Column('why', sa.String(length=12), nullable=False),
    sa.Column('changed_by', sa.String(length=12), nullable=True),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['producer_id'], ['producer.id'], name=op.f('fk_producer_place_producer_id_producer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_producer_place'))
    )
    with op.batch_alter_table('producer_place', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_producer_place_producer_id'), ['producer_id'], unique=False)

    op.create_table('revenue',
    sa.Column('id', sa.String(length=12), nullable=False),
    sa.Column('producer_id', sa.String(length=12), nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('amount_vnd', sa.BigInteger(), nullable=False),
    sa.Column('stated_by', sa.String(length=12), nullable=True),
    sa.Column('stated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('amount_vnd >= 0', name=op.f('ck_revenue_not_negative')),
    sa.ForeignKeyConstraint(['producer_id'], ['producer.id'], name=op.f('fk_revenue_producer_id_producer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_revenue')),
    sa.UniqueConstraint('producer_id', 'month', name=op.f('uq_revenue_producer_id_month'))
    )
    op.create_table('delegation',
    sa.Column('id', sa.String(length=12), nullable=False),
    sa.Column('producer_id', sa.String(length=12), nullable=False),
    sa.Column('helper_kind', sa.Enum('office', 'group', 'person', name='helperkind', native_enum=False, length=24), nullable=False),
    sa.Column('helper_id', sa.String(length=12), nullable=False),
    sa.Column('bundle', sa.Enum('write', 'publish', name='bundle', native_enum=False, length=24), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=False),
    sa.Column('given_how', sa.String(length=12), nullable=False),
    sa.Column('given_by', sa.String(length=12), nullable=True),
    sa.Column('recorded_by', sa.String(length=12), nullable=True),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('media_id', sa.String(length=12), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_by', sa.String(length=12), nullable=True),
    sa.Column('ended_why', sa.String(length=12), nullable=False),
    sa.ForeignKeyConstraint(['media_id'], ['media.id'], name=op.f('fk_delegation_media_id_media')),
    sa.ForeignKeyConstraint(['producer_id'], ['producer.id'], name=op.f('fk_delegation_producer_id_producer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_delegation'))
    )
    with op.batch_alter_table('delegation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_delegation_helper_kind_helper_id'), ['helper_kind', 'helper_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_delegation_producer_id'), ['producer_id'], unique=False)

    op.create_table('read_back',
    sa.Column('id', sa.String(length=12), nullable=False),
    sa.Column('listing_id', sa.String(length=12), nullable=False),
    sa.Column('listing_version', sa.Integer(), nullable=False),
    sa.Column('channel_ids', sa.JSON(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('user_id', sa.String(length=12), nullable=True),
    sa.Column('delegation_id', sa.String(length=12), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['listing_id'], ['listing.id'], name=op.f('fk_read_back_listing_id_listing')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_read_back'))
    )
    with op.batch_alter_table('read_back', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_read_back_listing_id'), ['listing_id'], unique=False)

    op.create_table('dossier_paper',
    sa.Column('id', sa.String(length=12), nullable=False),
    sa.Column('listing_id', sa.String(length=12), nullable=False),
    sa.Column('item', sa.String(length=40), nullable=False),
    sa.Column('certificate_id', sa.String(length=12), nullable=False),
    sa.Column('added_by', sa.String(length=12), nullable=True),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['certificate_id'], ['certificate.id'], name=op.f('fk_dossier_paper_certificate_id_certificate')),
    sa.ForeignKeyConstraint(['listing_id'], ['listing.id'], name=op.f('fk_dossier_paper_listing_id_listing')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dossier_paper')),
    sa.UniqueConstraint('listing_id', 'item', 'certificate_id', name=op.f('uq_dossier_paper_listing_id_item_certificate_id'))
    )
    with op.batch_alter_table('dossier_paper', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_dossier_paper_listing_id'), ['listing_id'], unique=False)

    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.add_column(sa.Column('delegation_id', sa.String(length=12), nullable=True))

    with op.batch_alter_table('certificate', schema=None) as batch_op:
        batch_op.add_column(sa.Column('reassessment_filed_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('reassessment_receipt', sa.String(length=100), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('reassessment_media_id', sa.String(length=12), nullable=True))
        batch_op.add_column(sa.Column('runs_until', sa.Date(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f('fk_certificate_reassessment_media_id_media'), 'media', ['reassessment_media_id'], ['id']
        )

    with op.batch_alter_table('listing', schema=None) as batch_op:
        batch_op.add_column(sa.Column('written_on_behalf', sa.Boolean(), nullable=False, server_default=sa.false()))

    with op.batch_alter_table('producer', schema=None) as batch_op:
        batch_op.add_column(sa.Column('former_commune', sa.String(length=100), nullable=False, server_default=''))

    with op.batch_alter_table('publication', schema=None) as batch_op:
        batch_op.add_column(sa.Column('asked_version', sa.Integer(), nullable=True))

    with op.batch_alter_table('sign_in', schema=None) as batch_op:
        batch_op.add_column(sa.Column('machine', sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column('wrong_pins', sa.Integer(), nullable=False, server_default='0'))
        batch_op.create_index(batch_op.f('ix_sign_in_machine'), ['machine'], unique=False)

    with op.batch_alter_table('stamp_print', schema=None) as batch_op:
        batch_op.add_column(sa.Column('claims', sa.JSON(), nullable=False, server_default='[]'))

    with op.batch_alter_table('user_account', schema=None) as batch_op:
        batch_op.add_column(sa.Column('pin_hash', sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column('tour', sa.Integer(), nullable=False, server_default='0'))

    # Help that was asked of people by name goes on as it was, until it runs out.
    op.execute("""
        INSERT INTO delegation (id, producer_id, helper_kind, helper_id, bundle, valid_from, valid_to, given_how,
            given_by, recorded_by, words, media_id, created_at, revoked_at, revoked_by, ended_why)
        SELECT id, scope_id, 'person', user_id, CASE role WHEN 'commune_officer' THEN 'publish' ELSE 'write' END,
            valid_from, COALESCE(valid_to, valid_from), 'before', given_by, given_by, '', paper_media_id, created_at,
            revoked_at, revoked_by, CASE WHEN revoked_at IS NULL THEN '' ELSE 'revoked' END
        FROM access_grant
        WHERE scope_kind = 'producer' AND role IN ('commune_officer', 'village_volunteer')
    """)
    op.execute("""
        DELETE FROM access_grant
        WHERE scope_kind = 'producer' AND role IN ('commune_officer', 'village_volunteer')
    """)
    for statement in append_only(op.get_bind().dialect.name, 'audit_entry'):
        op.execute(statement)

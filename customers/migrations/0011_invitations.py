from django.db import migrations, models

from loyalty.tenancy.rls import enable_rls, lead_with_tenant


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0010_sign_in'),
    ]

    operations = [
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('tenant_id', models.IntegerField()),
                ('referrer_id', models.UUIDField()),
                ('customer_id', models.UUIDField(null=True)),
                ('way', models.CharField(choices=[('link', 'By link'), ('phone', 'By phone'), ('email', 'By email'), ('staff', 'Named when joining')], max_length=10, verbose_name='way')),
                ('state', models.CharField(choices=[('invited', 'Invited'), ('registered', 'Registered'), ('purchased', 'Purchased'), ('withdrawn', 'Withdrawn')], max_length=10, verbose_name='state')),
                ('begun_at', models.DateTimeField(verbose_name='invited')),
                ('ends_at', models.DateTimeField(null=True, verbose_name='open until')),
                ('registered_at', models.DateTimeField(null=True, verbose_name='registered')),
                ('purchased_at', models.DateTimeField(null=True, verbose_name='purchased')),
                ('purchase_id', models.UUIDField(null=True)),
                ('position', models.BigIntegerField()),
            ],
            options={
                'verbose_name': 'invitation',
                'verbose_name_plural': 'invitations',
                'indexes': [models.Index(fields=['tenant_id', 'begun_at', 'id'], name='customers_invitation_begun'), models.Index(fields=['tenant_id', 'referrer_id', 'begun_at', 'id'], name='customers_invitation_of'), models.Index(fields=['tenant_id', 'customer_id'], name='customers_invitation_friend')],
            },
        ),
        migrations.CreateModel(
            name='Invited',
            fields=[
                ('pk', models.CompositePrimaryKey('tenant_id', 'invitation_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('tenant_id', models.IntegerField()),
                ('invitation_id', models.UUIDField()),
                ('referrer_id', models.UUIDField()),
                ('customer_id', models.UUIDField(null=True)),
                ('kind', models.CharField(max_length=10)),
                ('digest', models.BinaryField(max_length=32)),
                ('key_version', models.SmallIntegerField()),
                ('to_sealed', models.BinaryField()),
                ('code', models.CharField(max_length=12)),
                ('invited_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('withdrawn', models.BooleanField(db_default=False, default=False)),
            ],
            options={
                'indexes': [models.Index(fields=['tenant_id', 'digest'], name='customers_invited_to'), models.Index(fields=['tenant_id', 'referrer_id'], name='customers_invited_by'), models.Index(fields=['tenant_id', 'ends_at'], name='customers_invited_end')],
                'constraints': [models.UniqueConstraint(fields=('tenant_id', 'code'), name='customers_invited_code')],
            },
        ),
        migrations.CreateModel(
            name='InvitationLink',
            fields=[
                ('pk', models.CompositePrimaryKey('tenant_id', 'customer_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('tenant_id', models.IntegerField()),
                ('customer_id', models.UUIDField()),
                ('code', models.CharField(max_length=12)),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'customers_invitation_link',
                'constraints': [models.UniqueConstraint(fields=('tenant_id', 'code'), name='customers_invitation_link_code')],
            },
        ),
        lead_with_tenant("customers_invitation"),
        enable_rls("customers_invitation", "customers_invited", "customers_invitation_link"),
        migrations.RunSQL("revoke all on customers_invited, customers_invitation_link from loyalty_projector", migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name='identifier',
            index=models.Index(condition=models.Q(('state', 'released')), fields=['tenant_id', 'digest'], name='customers_identifier_once'),
        ),
    ]

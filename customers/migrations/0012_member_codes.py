from django.db import migrations, models

from loyalty.tenancy.rls import enable_rls


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0011_invitations'),
    ]

    operations = [
        migrations.CreateModel(
            name='MemberCodeRead',
            fields=[
                ('pk', models.CompositePrimaryKey('tenant_id', 'digest', blank=True, editable=False, primary_key=True, serialize=False)),
                ('tenant_id', models.IntegerField()),
                ('digest', models.BinaryField(max_length=32)),
                ('reader', models.CharField(max_length=100)),
                ('read_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'customers_member_code',
                'indexes': [models.Index(fields=['tenant_id', 'read_at'], name='customers_member_code_end')],
            },
        ),
        enable_rls("customers_member_code"),
        migrations.RunSQL("revoke all on customers_member_code from loyalty_projector", migrations.RunSQL.noop),
    ]

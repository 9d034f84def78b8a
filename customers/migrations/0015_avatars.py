from django.db import migrations, models

from loyalty.tenancy.rls import enable_rls


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0014_second_fact'),
    ]

    operations = [
        migrations.CreateModel(
            name='Avatar',
            fields=[
                ('pk', models.CompositePrimaryKey('tenant_id', 'customer_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('tenant_id', models.IntegerField()),
                ('customer_id', models.UUIDField()),
                ('version', models.CharField(max_length=16)),
                ('sealed', models.BinaryField()),
                ('changed_at', models.DateTimeField()),
            ],
        ),
        enable_rls("customers_avatar"),
        migrations.RunSQL("revoke all on customers_avatar from loyalty_projector", migrations.RunSQL.noop),
    ]

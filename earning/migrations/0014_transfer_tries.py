from django.db import migrations, models

from loyalty.tenancy.rls import enable_rls


class Migration(migrations.Migration):

    dependencies = [
        ('earning', '0013_customer_levels'),
    ]

    operations = [
        migrations.CreateModel(
            name='TransferTries',
            fields=[
                ('pk', models.CompositePrimaryKey('tenant_id', 'customer_id', 'day', blank=True, editable=False, primary_key=True, serialize=False)),
                ('tenant_id', models.IntegerField()),
                ('customer_id', models.UUIDField()),
                ('day', models.DateField()),
                ('tried', models.SmallIntegerField()),
            ],
            options={
                'db_table': 'earning_transfer_tries',
            },
        ),
        enable_rls("earning_transfer_tries"),
    ]

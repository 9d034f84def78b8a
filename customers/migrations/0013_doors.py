import django.contrib.postgres.fields
from django.db import migrations, models

from loyalty.tenancy.rls import enable_rls, lead_with_tenant


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0012_member_codes'),
    ]

    operations = [
        migrations.CreateModel(
            name='Doors',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('tenant_id', models.IntegerField()),
                ('doors', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), size=None)),
                ('countries', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=2), size=None)),
                ('dormant_months', models.SmallIntegerField()),
                ('fact_above', models.BigIntegerField(null=True)),
                ('messages_by', models.CharField(max_length=10)),
                ('changed_at', models.DateTimeField()),
                ('changed_by', models.CharField(max_length=100)),
                ('position', models.BigIntegerField()),
            ],
            options={
                'verbose_name': 'way in',
                'verbose_name_plural': 'signing in of customers',
                'db_table': 'customers_doors',
            },
        ),
        lead_with_tenant("customers_doors"),
        enable_rls("customers_doors"),
    ]

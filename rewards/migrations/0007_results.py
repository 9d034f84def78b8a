"""What rewards brought, day by day."""

from django.db import migrations, models

from loyalty.tenancy.rls import enable_rls


class Migration(migrations.Migration):

    dependencies = [
        ('rewards', '0006_guesses'),
    ]

    operations = [
        migrations.CreateModel(
            name='ResultCoupon',
            fields=[
                ('pk', models.CompositePrimaryKey('tenant_id', 'id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('tenant_id', models.IntegerField()),
                ('id', models.UUIDField()),
                ('reward_id', models.UUIDField()),
                ('state', models.CharField(max_length=16)),
                ('issued_on', models.DateField()),
                ('used_on', models.DateField(null=True)),
                ('used_for', models.UUIDField(null=True)),
                ('cancelled_on', models.DateField(null=True)),
                ('expires_on', models.DateField(null=True)),
                ('points', models.BigIntegerField()),
                ('wallet', models.CharField(max_length=40)),
                ('cost', models.BigIntegerField()),
            ],
            options={
                'db_table': 'rewards_result_coupon',
            },
        ),
        migrations.CreateModel(
            name='ResultFigure',
            fields=[
                ('pk', models.CompositePrimaryKey('tenant_id', 'reward_id', 'day', 'figure', 'unit', blank=True, editable=False, primary_key=True, serialize=False)),
                ('tenant_id', models.IntegerField()),
                ('reward_id', models.UUIDField()),
                ('day', models.DateField()),
                ('figure', models.CharField(max_length=16)),
                ('unit', models.CharField(max_length=40)),
                ('amount', models.BigIntegerField()),
            ],
            options={
                'db_table': 'rewards_result',
            },
        ),
        migrations.CreateModel(
            name='ResultSale',
            fields=[
                ('pk', models.CompositePrimaryKey('tenant_id', 'id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('tenant_id', models.IntegerField()),
                ('id', models.UUIDField()),
                ('day', models.DateField()),
                ('currency', models.CharField(max_length=3)),
                ('kept', models.BigIntegerField()),
                ('gone', models.BooleanField()),
            ],
            options={
                'db_table': 'rewards_result_sale',
            },
        ),
        migrations.CreateModel(
            name='ResultUse',
            fields=[
                ('pk', models.CompositePrimaryKey('tenant_id', 'coupon_id', 'purchase_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('tenant_id', models.IntegerField()),
                ('coupon_id', models.UUIDField()),
                ('purchase_id', models.UUIDField()),
                ('reward_id', models.UUIDField()),
                ('used_on', models.DateField()),
                ('worth', models.BigIntegerField()),
                ('stands', models.BooleanField()),
            ],
            options={
                'db_table': 'rewards_result_use',
                'indexes': [models.Index(fields=['tenant_id', 'purchase_id'], name='rewards_result_use_sale')],
            },
        ),
        enable_rls("rewards_result", "rewards_result_coupon", "rewards_result_use", "rewards_result_sale"),
    ]

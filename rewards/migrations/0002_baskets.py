"""Baskets, and what they keep of stock, limits and budgets."""

from django.db import migrations, models

from loyalty.tenancy.rls import enable_rls, lead_with_tenant


class Migration(migrations.Migration):

    dependencies = [
        ('rewards', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='coupon',
            name='basket_id',
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name='coupon',
            name='in_basket',
            field=models.BooleanField(default=False, verbose_name='bought in a basket'),
        ),
        migrations.AddField(
            model_name='coupon',
            name='reserved_until',
            field=models.DateTimeField(null=True, verbose_name='kept for a basket until'),
        ),
        migrations.CreateModel(
            name='Basket',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('tenant_id', models.IntegerField()),
                ('customer_id', models.UUIDField()),
                ('merchant_id', models.UUIDField(null=True)),
                ('pos_id', models.UUIDField(null=True)),
                ('state', models.CharField(choices=[('held', 'Kept'), ('released', 'Freed'), ('confirmed', 'Bought')], max_length=16, verbose_name='state')),
                ('held', models.JSONField()),
                ('before', models.BigIntegerField(verbose_name='before rewards')),
                ('total', models.BigIntegerField(verbose_name='total')),
                ('tax', models.BigIntegerField(verbose_name='tax')),
                ('held_at', models.DateTimeField(verbose_name='kept since')),
                ('ends_at', models.DateTimeField(verbose_name='kept until')),
                ('purchase_id', models.UUIDField(null=True)),
                ('position', models.BigIntegerField()),
            ],
            options={
                'verbose_name': 'basket',
                'verbose_name_plural': 'baskets',
                'indexes': [models.Index(fields=['tenant_id', 'customer_id', 'held_at'], name='rewards_basket_customer')],
            },
        ),
        migrations.CreateModel(
            name='RoomHold',
            fields=[
                ('pk', models.CompositePrimaryKey('tenant_id', 'room_id', 'basket_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('tenant_id', models.IntegerField()),
                ('room_id', models.UUIDField()),
                ('basket_id', models.UUIDField()),
                ('amount', models.BigIntegerField()),
                ('ends_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'rewards_hold',
                'indexes': [models.Index(fields=['tenant_id', 'basket_id'], name='rewards_hold_basket')],
            },
        ),
        lead_with_tenant("rewards_basket"),
        enable_rls("rewards_basket", "rewards_hold"),
    ]

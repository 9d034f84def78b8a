"""Gifts that are sent: how far they are, where they go, and how they are found at their carriers."""

from django.db import migrations, models

from loyalty.tenancy.rls import enable_rls


class Migration(migrations.Migration):

    dependencies = [
        ('rewards', '0004_code_batches'),
    ]

    operations = [
        migrations.AddField(
            model_name='coupon',
            name='delivery',
            field=models.CharField(choices=[('ordered', 'Ordered'), ('shipped', 'Shipped'), ('delivered', 'Delivered'), ('cancelled', 'Cancelled')], db_default='', default='', max_length=10, verbose_name='delivery'),
        ),
        migrations.AddField(
            model_name='coupon',
            name='ordered_at',
            field=models.DateTimeField(null=True, verbose_name='ordered'),
        ),
        migrations.AddField(
            model_name='coupon',
            name='shipped_at',
            field=models.DateTimeField(null=True, verbose_name='shipped'),
        ),
        migrations.AddField(
            model_name='coupon',
            name='delivered_at',
            field=models.DateTimeField(null=True, verbose_name='delivered'),
        ),
        migrations.AddIndex(
            model_name='coupon',
            index=models.Index(condition=models.Q(('delivery', ''), _negated=True), fields=['tenant_id', 'delivery', 'issued_at'], name='rewards_coupon_delivery'),
        ),
        migrations.CreateModel(
            name='Gift',
            fields=[
                ('pk', models.CompositePrimaryKey('tenant_id', 'id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('tenant_id', models.IntegerField()),
                ('id', models.UUIDField()),
                ('customer_id', models.UUIDField()),
                ('recipient', models.BinaryField(null=True)),
                ('phone', models.BinaryField(null=True)),
                ('address', models.BinaryField(null=True)),
                ('carrier', models.CharField(max_length=80)),
                ('tracking_number', models.BinaryField(null=True)),
                ('position', models.BigIntegerField()),
            ],
            options={
                'db_table': 'rewards_gift',
                'indexes': [models.Index(fields=['tenant_id', 'customer_id'], name='rewards_gift_customer')],
            },
        ),
        enable_rls("rewards_gift"),
    ]

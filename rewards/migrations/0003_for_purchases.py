"""Returns: what is left of the value of coupons, what purchases brought, and on which they were ever used."""

from django.db import migrations, models

from loyalty.tenancy.rls import enable_rls


class Migration(migrations.Migration):

    dependencies = [
        ('rewards', '0002_baskets'),
    ]

    operations = [
        migrations.AddField(
            model_name='coupon',
            name='for_purchase_id',
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name='coupon',
            name='left',
            field=models.BigIntegerField(null=True, verbose_name='value left'),
        ),
        migrations.CreateModel(
            name='CouponUse',
            fields=[
                ('pk', models.CompositePrimaryKey('tenant_id', 'purchase_id', 'coupon_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('tenant_id', models.IntegerField()),
                ('purchase_id', models.UUIDField()),
                ('coupon_id', models.UUIDField()),
            ],
            options={
                'db_table': 'rewards_coupon_use',
            },
        ),
        migrations.RunSQL(
            """insert into rewards_coupon_use (tenant_id, purchase_id, coupon_id)
                select tenant_id, purchase_id, id from rewards_coupon where purchase_id is not null""",
            migrations.RunSQL.noop,
        ),
        enable_rls("rewards_coupon_use"),
        migrations.AddIndex(
            model_name='coupon',
            index=models.Index(condition=models.Q(('for_purchase_id__isnull', False)), fields=['tenant_id', 'for_purchase_id'], name='rewards_coupon_for'),
        ),
    ]

"""Rewards, coupons, and the guards of stock, limits and codes."""

from django.db import migrations, models

from loyalty.tenancy.rls import enable_rls, lead_with_tenant


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='RewardVersion',
            fields=[
                ('pk', models.CompositePrimaryKey('tenant_id', 'reward_id', 'version', blank=True, editable=False, primary_key=True, serialize=False)),
                ('tenant_id', models.IntegerField()),
                ('reward_id', models.UUIDField()),
                ('version', models.IntegerField(verbose_name='version')),
                ('content', models.JSONField()),
                ('changed_by', models.CharField(max_length=100, verbose_name='changed by')),
                ('changed_at', models.DateTimeField(verbose_name='changed')),
            ],
            options={
                'verbose_name': 'version of a reward',
                'verbose_name_plural': 'versions of a reward',
                'db_table': 'rewards_reward_version',
            },
        ),
        migrations.CreateModel(
            name='Room',
            fields=[
                ('pk', models.CompositePrimaryKey('tenant_id', 'id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('tenant_id', models.IntegerField()),
                ('id', models.UUIDField()),
                ('used', models.BigIntegerField()),
            ],
            options={
                'db_table': 'rewards_room',
            },
        ),
        migrations.CreateModel(
            name='Code',
            fields=[
                ('pk', models.CompositePrimaryKey('tenant_id', 'id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('tenant_id', models.IntegerField()),
                ('id', models.UUIDField()),
                ('reward_id', models.UUIDField()),
                ('batch_id', models.UUIDField(null=True)),
                ('coupon_id', models.UUIDField(null=True)),
                ('state', models.CharField(max_length=8)),
                ('digest', models.BinaryField()),
                ('key_version', models.SmallIntegerField()),
                ('sealed', models.BinaryField()),
            ],
            options={
                'db_table': 'rewards_code',
                'indexes': [models.Index(condition=models.Q(('state', 'stock')), fields=['tenant_id', 'reward_id', 'id'], name='rewards_code_stock'), models.Index(condition=models.Q(('coupon_id__isnull', False)), fields=['tenant_id', 'coupon_id'], name='rewards_code_coupon')],
                'constraints': [models.UniqueConstraint(fields=('tenant_id', 'digest'), name='rewards_code_once')],
            },
        ),
        migrations.CreateModel(
            name='Coupon',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('tenant_id', models.IntegerField()),
                ('reward_id', models.UUIDField()),
                ('customer_id', models.UUIDField()),
                ('version', models.IntegerField(verbose_name='version')),
                ('kind', models.CharField(max_length=40, verbose_name='kind')),
                ('way', models.CharField(max_length=16, verbose_name='way')),
                ('state', models.CharField(choices=[('issued', 'Issued'), ('used', 'Used'), ('cancelled', 'Cancelled')], max_length=16, verbose_name='state')),
                ('points', models.BigIntegerField(verbose_name='points')),
                ('wallet', models.CharField(max_length=40, verbose_name='wallet')),
                ('amount', models.BigIntegerField(verbose_name='to pay')),
                ('cost', models.BigIntegerField(verbose_name='cost')),
                ('prize', models.CharField(max_length=40, verbose_name='prize')),
                ('issued_at', models.DateTimeField(verbose_name='issued')),
                ('issued_by', models.CharField(max_length=100, verbose_name='issued by')),
                ('active_from', models.DateTimeField(verbose_name='active from')),
                ('expires_at', models.DateTimeField(null=True, verbose_name='expires')),
                ('used_at', models.DateTimeField(null=True, verbose_name='used')),
                ('purchase_id', models.UUIDField(null=True)),
                ('merchant_id', models.UUIDField(null=True)),
                ('pos_id', models.UUIDField(null=True)),
                ('worth', models.BigIntegerField(verbose_name='worth')),
                ('points_back', models.BigIntegerField(verbose_name='points given back')),
                ('cancelled_at', models.DateTimeField(null=True, verbose_name='cancelled')),
                ('position', models.BigIntegerField()),
            ],
            options={
                'verbose_name': 'coupon',
                'verbose_name_plural': 'coupons',
                'indexes': [models.Index(fields=['tenant_id', 'customer_id', 'issued_at'], name='rewards_coupon_customer'), models.Index(fields=['tenant_id', 'reward_id', 'issued_at'], name='rewards_coupon_reward'), models.Index(fields=['tenant_id', 'issued_at'], name='rewards_coupon_issued'), models.Index(condition=models.Q(('purchase_id__isnull', False)), fields=['tenant_id', 'purchase_id'], name='rewards_coupon_sale')],
            },
        ),
        migrations.CreateModel(
            name='Reward',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('tenant_id', models.IntegerField()),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('kind', models.CharField(max_length=40, verbose_name='kind')),
                ('category', models.CharField(max_length=100, verbose_name='category')),
                ('wallet', models.CharField(max_length=40, verbose_name='wallet')),
                ('points', models.BigIntegerField(verbose_name='price in points')),
                ('featured', models.BooleanField(verbose_name='featured')),
                ('public', models.BooleanField(verbose_name='seen by everybody')),
                ('content', models.JSONField()),
                ('version', models.IntegerField(verbose_name='version')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('scheduled', 'Scheduled'), ('active', 'Active'), ('paused', 'Paused'), ('ended', 'Ended')], max_length=16, verbose_name='state')),
                ('active_from', models.DateTimeField(null=True, verbose_name='active from')),
                ('ends_at', models.DateTimeField(null=True, verbose_name='ends')),
                ('changed_at', models.DateTimeField(verbose_name='changed')),
                ('position', models.BigIntegerField()),
            ],
            options={
                'verbose_name': 'reward',
                'verbose_name_plural': 'rewards',
                'indexes': [models.Index(fields=['tenant_id', 'state', 'name'], name='rewards_reward_state')],
            },
        ),
        lead_with_tenant("rewards_reward", "rewards_coupon"),
        enable_rls("rewards_reward", "rewards_reward_version", "rewards_coupon", "rewards_room", "rewards_code"),
    ]

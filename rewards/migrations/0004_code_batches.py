"""Batches of codes, and which of them the codes of coupons come from."""

from django.db import migrations, models

from loyalty.tenancy.rls import enable_rls, lead_with_tenant


class Migration(migrations.Migration):

    dependencies = [
        ('rewards', '0003_for_purchases'),
    ]

    operations = [
        migrations.CreateModel(
            name='CodeBatch',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('tenant_id', models.IntegerField()),
                ('reward_id', models.UUIDField()),
                ('source', models.CharField(max_length=16)),
                ('prefix', models.CharField(max_length=8)),
                ('wanted', models.IntegerField(null=True)),
                ('codes', models.IntegerField(null=True)),
                ('state', models.CharField(choices=[('making', 'Being made'), ('open', 'To be had'), ('withdrawn', 'Withdrawn')], max_length=16, verbose_name='state')),
                ('begun_at', models.DateTimeField()),
                ('begun_by', models.CharField(max_length=100)),
                ('exported_at', models.DateTimeField(null=True)),
                ('exported_by', models.CharField(max_length=100)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('position', models.BigIntegerField()),
            ],
            options={
                'verbose_name': 'batch of codes',
                'verbose_name_plural': 'batches of codes',
                'db_table': 'rewards_code_batch',
            },
        ),
        migrations.RemoveIndex(
            model_name='code',
            name='rewards_code_stock',
        ),
        migrations.AddField(
            model_name='code',
            name='number',
            field=models.IntegerField(null=True),
        ),
        migrations.AddField(
            model_name='coupon',
            name='batch_id',
            field=models.UUIDField(null=True),
        ),
        migrations.AddIndex(
            model_name='code',
            index=models.Index(condition=models.Q(('state', 'stock')), fields=['tenant_id', 'batch_id', 'number'], name='rewards_code_stock'),
        ),
        migrations.AddIndex(
            model_name='coupon',
            index=models.Index(condition=models.Q(('batch_id__isnull', False)), fields=['tenant_id', 'batch_id', 'state'], name='rewards_coupon_batch'),
        ),
        migrations.AddConstraint(
            model_name='code',
            constraint=models.UniqueConstraint(condition=models.Q(('batch_id__isnull', False)), fields=('tenant_id', 'batch_id', 'number'), name='rewards_code_number'),
        ),
        migrations.AddIndex(
            model_name='codebatch',
            index=models.Index(fields=['tenant_id', 'reward_id', 'begun_at'], name='rewards_batch_reward'),
        ),
        lead_with_tenant("rewards_code_batch"),
        enable_rls("rewards_code_batch"),
    ]

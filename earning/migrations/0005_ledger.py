"""Wallets, holds, corrections, and what movements of all kinds say. Old movements have one lot each."""

from django.db import migrations, models

from loyalty.tenancy.rls import enable_rls, lead_with_tenant


class Migration(migrations.Migration):

    dependencies = [
        ('earning', '0004_purchases_of_a_merchant'),
    ]

    operations = [
        migrations.CreateModel(
            name='Correction',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('tenant_id', models.IntegerField()),
                ('customer_id', models.UUIDField(verbose_name='customer')),
                ('wallet', models.CharField(max_length=40, verbose_name='wallet')),
                ('points', models.BigIntegerField(verbose_name='points')),
                ('state', models.CharField(choices=[('waits', 'Waits for a second person'), ('approved', 'Approved'), ('rejected', 'Rejected')], max_length=16, verbose_name='state')),
                ('proposed_by', models.CharField(max_length=100, verbose_name='proposed by')),
                ('proposed_at', models.DateTimeField(verbose_name='proposed')),
                ('decided_by', models.CharField(max_length=100, verbose_name='decided by')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='decided')),
                ('position', models.BigIntegerField()),
            ],
            options={
                'verbose_name': 'correction of points',
                'verbose_name_plural': 'corrections of points',
            },
        ),
        migrations.CreateModel(
            name='Hold',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('tenant_id', models.IntegerField()),
                ('account_id', models.UUIDField()),
                ('points', models.BigIntegerField(verbose_name='points')),
                ('shares', models.JSONField()),
                ('reference_id', models.UUIDField(null=True)),
                ('held_at', models.DateTimeField(verbose_name='date')),
                ('ends_at', models.DateTimeField(verbose_name='until')),
                ('closed_at', models.DateTimeField(null=True)),
                ('recorded_at', models.DateTimeField(verbose_name='recorded')),
                ('closed_recorded_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'hold',
                'verbose_name_plural': 'holds',
            },
        ),
        migrations.CreateModel(
            name='Wallet',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('tenant_id', models.IntegerField()),
                ('code', models.CharField(max_length=40, verbose_name='code')),
                ('decimals', models.IntegerField(verbose_name='decimals')),
                ('units', models.JSONField(verbose_name='names of a unit')),
                ('versions', models.JSONField(verbose_name='terms')),
                ('version', models.IntegerField(verbose_name='version')),
                ('changed_at', models.DateTimeField(verbose_name='changed')),
                ('position', models.BigIntegerField()),
            ],
            options={
                'verbose_name': 'wallet',
                'verbose_name_plural': 'wallets',
            },
        ),
        migrations.AddField(
            model_name='account',
            name='active_until',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='account',
            name='adjusted',
            field=models.BigIntegerField(db_default=0, verbose_name='adjusted'),
        ),
        migrations.AddField(
            model_name='account',
            name='blocked',
            field=models.BooleanField(db_default=False, verbose_name='blocked'),
        ),
        migrations.AddField(
            model_name='account',
            name='cancelled',
            field=models.BigIntegerField(db_default=0, verbose_name='cancelled'),
        ),
        migrations.AddField(
            model_name='account',
            name='expired',
            field=models.BigIntegerField(db_default=0, verbose_name='expired'),
        ),
        migrations.AddField(
            model_name='account',
            name='owed',
            field=models.BigIntegerField(db_default=0, verbose_name='owed'),
        ),
        migrations.AddField(
            model_name='account',
            name='spent',
            field=models.BigIntegerField(db_default=0, verbose_name='spent'),
        ),
        migrations.AddField(
            model_name='account',
            name='transferred',
            field=models.BigIntegerField(db_default=0, verbose_name='transferred'),
        ),
        migrations.AddField(
            model_name='lot',
            name='activated',
            field=models.BooleanField(db_default=True),
        ),
        migrations.AddField(
            model_name='lot',
            name='origin_id',
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name='lot',
            name='rolling',
            field=models.BooleanField(db_default=False),
        ),
        migrations.AddField(
            model_name='lot',
            name='source',
            field=models.CharField(choices=[('purchase', 'Purchase'), ('manual', 'Correction'), ('import', 'Import'), ('transfer', 'Transfer'), ('restored', 'Given back')], db_default='purchase', max_length=16, verbose_name='source'),
        ),
        migrations.AddField(
            model_name='movement',
            name='active_until',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='movement',
            name='amount',
            field=models.BigIntegerField(db_default=0, verbose_name='amount'),
        ),
        migrations.AddField(
            model_name='movement',
            name='lapsed',
            field=models.BigIntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name='movement',
            name='operation_id',
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name='movement',
            name='owed',
            field=models.BigIntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name='movement',
            name='reference_id',
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name='movement',
            name='shares',
            field=models.JSONField(db_default=models.Value([], models.JSONField())),
        ),
        migrations.AlterField(
            model_name='lot',
            name='purchase_id',
            field=models.UUIDField(null=True),
        ),
        migrations.AlterField(
            model_name='movement',
            name='kind',
            field=models.CharField(choices=[('earned', 'Earned'), ('clawed_back', 'Clawed back'), ('spent', 'Spent'), ('held', 'Kept aside'), ('released', 'Free again'), ('restored', 'Given back'), ('expired', 'Expired'), ('debt_paid', 'Debt paid'), ('granted', 'Granted'), ('deducted', 'Deducted'), ('cancelled', 'Cancelled'), ('sent', 'Passed on'), ('received', 'Received')], max_length=16, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='movement',
            name='lot_id',
            field=models.UUIDField(null=True),
        ),
        migrations.AlterField(
            model_name='movement',
            name='purchase_id',
            field=models.UUIDField(null=True),
        ),
        migrations.AddIndex(
            model_name='account',
            index=models.Index(condition=models.Q(('active_until', None), _negated=True), fields=['tenant_id', 'active_until'], name='earning_account_ends'),
        ),
        migrations.AddIndex(
            model_name='lot',
            index=models.Index(condition=models.Q(('expires_at__isnull', False), ('remaining__gt', 0)), fields=['tenant_id', 'expires_at'], name='earning_lot_ends'),
        ),
        migrations.AddIndex(
            model_name='lot',
            index=models.Index(condition=models.Q(('activated', False)), fields=['tenant_id', 'active_from'], name='earning_lot_waits'),
        ),
        migrations.AddIndex(
            model_name='correction',
            index=models.Index(fields=['tenant_id', 'state', 'proposed_at'], name='earning_correction_waits'),
        ),
        migrations.AddIndex(
            model_name='hold',
            index=models.Index(fields=['tenant_id', 'account_id', 'ends_at'], name='earning_hold_of'),
        ),
        migrations.RunSQL(
            """update earning_movement set amount = abs(points),
                   shares = jsonb_build_array(jsonb_build_object('lot_id', lot_id, 'points', points))""",
            migrations.RunSQL.noop,
        ),
        lead_with_tenant("earning_correction", "earning_hold", "earning_wallet"),
        enable_rls("earning_correction", "earning_hold", "earning_wallet"),
    ]

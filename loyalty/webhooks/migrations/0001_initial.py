import django.contrib.postgres.fields
from django.db import migrations, models

import loyalty.domain.identity
from loyalty.tenancy.rls import enable_rls, lead_with_tenant

TABLES = ("webhooks_endpoint", "webhooks_secret", "webhooks_delivery", "webhooks_attempt")
STANDING = """
revoke all on webhooks_endpoint, webhooks_secret, webhooks_delivery, webhooks_attempt from loyalty_projector;

-- Runs as the owner, who sees all tenants, and answers with figures that tell nothing of any.
create function webhooks_standing(out waiting bigint, out failed bigint, out oldest timestamptz, out paused bigint)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select count(*) filter (where d.state = 'waiting' and p.state = 'active'), count(*) filter (where d.state = 'failed'),
        min(d.written_at) filter (where d.state = 'waiting' and p.state = 'active'),
        (select count(*) from public.webhooks_endpoint where paused_because in ('gone', 'failing'))
    from public.webhooks_delivery d
    join public.webhooks_endpoint p on p.tenant_id = d.tenant_id and p.id = d.endpoint_id
    where d.state in ('waiting', 'failed')
$$;
revoke all on function webhooks_standing() from public;
grant execute on function webhooks_standing() to loyalty_app;
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [("tenancy", "0002_sign_in")]

    operations = [
        migrations.CreateModel(
            name='Endpoint',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('tenant_id', models.IntegerField()),
                ('url', models.CharField(max_length=500, verbose_name='address')),
                ('description', models.CharField(blank=True, max_length=200, verbose_name='description')),
                ('types', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), size=None, verbose_name='events')),
                ('state', models.CharField(choices=[('active', 'Active'), ('paused', 'Paused')], max_length=10, verbose_name='state')),
                ('paused_because', models.CharField(blank=True, choices=[('by_hand', 'by hand'), ('gone', 'it answered that it is gone (410)'), ('failing', 'it could not be reached for three days')], max_length=10, verbose_name='why it is paused')),
                ('created_by', models.CharField(max_length=60, verbose_name='added by')),
                ('created_at', models.DateTimeField(verbose_name='added')),
                ('changed_at', models.DateTimeField(verbose_name='changed')),
                ('after_position', models.BigIntegerField()),
                ('failures', models.IntegerField(default=0)),
                ('failing_since', models.DateTimeField(null=True, verbose_name='failing since')),
                ('resting_until', models.DateTimeField(null=True)),
                ('succeeded_at', models.DateTimeField(null=True, verbose_name='last taken')),
            ],
            options={
                'verbose_name': 'webhook endpoint',
                'verbose_name_plural': 'webhook endpoints',
                'db_table': 'webhooks_endpoint',
            },
        ),
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('id', models.UUIDField(default=loyalty.domain.identity.new_id, primary_key=True, serialize=False)),
                ('tenant_id', models.IntegerField()),
                ('delivery_id', models.UUIDField()),
                ('began_at', models.DateTimeField()),
                ('milliseconds', models.IntegerField()),
                ('status', models.SmallIntegerField(null=True)),
                ('failure', models.CharField(blank=True, max_length=20)),
                ('answer', models.CharField(blank=True, max_length=1000)),
            ],
            options={
                'db_table': 'webhooks_attempt',
                'indexes': [models.Index(fields=['tenant_id', 'delivery_id', 'began_at'], name='webhooks_attempt_of')],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('tenant_id', models.IntegerField()),
                ('endpoint_id', models.UUIDField(verbose_name='endpoint')),
                ('type', models.CharField(max_length=60, verbose_name='event')),
                ('event_id', models.UUIDField()),
                ('customer_id', models.UUIDField(null=True, verbose_name='customer')),
                ('lane', models.UUIDField()),
                ('position', models.BigIntegerField()),
                ('body', models.TextField(verbose_name='body')),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('sent', 'Delivered'), ('failed', 'Failed'), ('dropped', 'Given up')], max_length=10, verbose_name='state')),
                ('failure', models.CharField(blank=True, max_length=20, verbose_name='why it failed')),
                ('status', models.SmallIntegerField(null=True, verbose_name='answer')),
                ('tries', models.SmallIntegerField(verbose_name='tries')),
                ('sending', models.BooleanField(default=False)),
                ('written_at', models.DateTimeField(verbose_name='written')),
                ('due_at', models.DateTimeField(verbose_name='next try')),
                ('settled_at', models.DateTimeField(null=True, verbose_name='settled')),
            ],
            options={
                'verbose_name': 'webhook delivery',
                'verbose_name_plural': 'webhook deliveries',
                'db_table': 'webhooks_delivery',
                'indexes': [models.Index(fields=['tenant_id', 'written_at', 'id'], name='webhooks_delivery_written'), models.Index(fields=['tenant_id', 'endpoint_id', 'written_at', 'id'], name='webhooks_delivery_of'), models.Index(fields=['tenant_id', 'customer_id', 'written_at'], name='webhooks_delivery_customer'), models.Index(condition=models.Q(('state', 'waiting')), fields=['tenant_id', 'endpoint_id', 'due_at', 'position', 'id'], name='webhooks_delivery_due'), models.Index(condition=models.Q(('state', 'waiting')), fields=['tenant_id', 'endpoint_id', 'lane', 'position', 'id'], name='webhooks_delivery_lane')],
            },
        ),
        migrations.CreateModel(
            name='Secret',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('tenant_id', models.IntegerField()),
                ('endpoint_id', models.UUIDField()),
                ('sealed', models.BinaryField()),
                ('made_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'webhooks_secret',
                'indexes': [models.Index(fields=['tenant_id', 'endpoint_id'], name='webhooks_secret_of')],
            },
        ),
        lead_with_tenant(*TABLES),
        enable_rls(*TABLES),
        migrations.RunSQL(STANDING, "drop function webhooks_standing()"),
    ]

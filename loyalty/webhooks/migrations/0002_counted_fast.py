from django.db import migrations, models

STANDING = """
create or replace function webhooks_standing(out waiting bigint, out failed bigint, out oldest timestamptz, out paused bigint)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    with waits as (
        select count(*) as number, min(d.written_at) as oldest from public.webhooks_delivery d
        join public.webhooks_endpoint p on p.tenant_id = d.tenant_id and p.id = d.endpoint_id
        where d.state = 'waiting' and p.state = 'active')
    select waits.number, (select count(*) from public.webhooks_delivery where state = 'failed'), waits.oldest,
        (select count(*) from public.webhooks_endpoint where paused_because in ('gone', 'failing'))
    from waits
$$;
"""


class Migration(migrations.Migration):
    """What is on its way, and what has failed, is counted without reading what was delivered."""

    dependencies = [("webhooks", "0001_initial")]

    operations = [
        migrations.AddIndex(
            "delivery",
            models.Index(
                condition=models.Q(("state", "waiting"), ("sending", True)),
                fields=["tenant_id", "endpoint_id", "due_at"],
                name="webhooks_delivery_sending",
            ),
        ),
        migrations.AddIndex(
            "delivery",
            models.Index(
                condition=models.Q(("state", "failed")), fields=["tenant_id", "endpoint_id"], name="webhooks_delivery_failed"
            ),
        ),
        migrations.RunSQL(STANDING, migrations.RunSQL.noop),
    ]

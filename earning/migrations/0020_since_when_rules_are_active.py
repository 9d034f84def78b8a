"""Rules that were changed after they came into force have been active since they came into force, as the log says."""

from django.db import migrations

ACTIVE_FROM = """update earning_rule r set active_from = activated.at
    from (select distinct on (e.tenant_id, e.stream_id) e.tenant_id, e.stream_id, (e.payload ->> 'effective_at')::timestamptz as at
        from earning_rule known join event.event e on e.tenant_id = known.tenant_id and e.stream_id = known.id
        where e.name = 'earning.rule_activated' order by e.tenant_id, e.stream_id, e.version desc) activated
    where r.state = 'active' and r.tenant_id = activated.tenant_id and r.id = activated.stream_id"""


class Migration(migrations.Migration):

    dependencies = [
        ("earning", "0019_level_grants"),
        ("eventstore", "0003_fewer_steps"),
    ]

    operations = [migrations.RunSQL(ACTIVE_FROM, migrations.RunSQL.noop)]

"""The log: tables, protection, order, append, keys, anchors and grants, each from its file."""

from pathlib import Path

from django.db import migrations, models

import loyalty.eventstore.models

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL((SQL / name).read_text(), reverse_sql=reverse)
        for name, reverse in [
            ("01_tables.sql", "drop schema event cascade"),
            ("02_protection.sql", migrations.RunSQL.noop),
            ("03_order.sql", migrations.RunSQL.noop),
            ("04_append.sql", migrations.RunSQL.noop),
            ("05_keys.sql", migrations.RunSQL.noop),
            ("06_anchors.sql", migrations.RunSQL.noop),
            ("07_grants.sql", migrations.RunSQL.noop),
        ]
    ] + [
        migrations.CreateModel(
            name='Anchor',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False, verbose_name='number')),
                ('after_position', models.BigIntegerField(verbose_name='after position')),
                ('last_position', models.BigIntegerField(verbose_name='last position')),
                ('events', models.BigIntegerField(verbose_name='events')),
                ('hash', models.BinaryField(verbose_name='hash')),
                ('made_at', models.DateTimeField(verbose_name='made at')),
            ],
            options={
                'verbose_name': 'anchor',
                'verbose_name_plural': 'anchors',
                'db_table': 'event"."anchor',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('position', models.BigIntegerField(primary_key=True, serialize=False, verbose_name='position')),
                ('tenant_id', models.IntegerField(verbose_name='tenant')),
                ('stream_id', models.UUIDField(verbose_name='stream')),
                ('version', models.IntegerField(verbose_name='version')),
                ('event_id', models.UUIDField(verbose_name='event id')),
                ('name', models.TextField(verbose_name='name')),
                ('schema_version', models.SmallIntegerField(verbose_name='schema version')),
                ('recorded_at', models.DateTimeField(verbose_name='recorded at')),
                ('payload', loyalty.eventstore.models.ExactJSONField(verbose_name='payload')),
                ('metadata', loyalty.eventstore.models.ExactJSONField(verbose_name='metadata')),
            ],
            options={
                'verbose_name': 'event',
                'verbose_name_plural': 'events',
                'db_table': 'event"."event',
                'managed': False,
            },
        ),
    ]

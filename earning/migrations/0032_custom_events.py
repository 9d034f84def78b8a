"""Custom events, and their types."""

from django.db import migrations, models

from loyalty.tenancy.rls import enable_rls, lead_with_tenant


class Migration(migrations.Migration):

    dependencies = [
        ("earning", "0031_movements_by_book"),
    ]

    operations = [
        migrations.CreateModel(
            name="CustomEventType",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("tenant_id", models.IntegerField()),
                ("code", models.CharField(max_length=40, verbose_name="code")),
                ("texts", models.JSONField(verbose_name="names")),
                ("schema", models.TextField(verbose_name="schema of attributes")),
                ("version", models.IntegerField(verbose_name="version")),
                ("active", models.BooleanField(verbose_name="active")),
                ("changed_at", models.DateTimeField(verbose_name="last changed")),
                ("position", models.BigIntegerField()),
            ],
            options={
                "db_table": "earning_custom_event_type",
                "verbose_name": "custom event type",
                "verbose_name_plural": "custom event types",
                "constraints": [models.UniqueConstraint(fields=["tenant_id", "code"], name="earning_custom_event_type_code")],
            },
        ),
        migrations.CreateModel(
            name="CustomEvent",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("tenant_id", models.IntegerField()),
                ("customer_id", models.UUIDField()),
                ("type", models.CharField(max_length=40)),
                ("reference", models.CharField(max_length=100)),
                ("occurred_at", models.DateTimeField()),
                ("reported_at", models.DateTimeField()),
                ("position", models.BigIntegerField()),
            ],
            options={
                "db_table": "earning_custom_event",
                "indexes": [
                    models.Index(fields=["tenant_id", "customer_id", "occurred_at", "id"], name="earning_custom_event_whose")
                ],
            },
        ),
        lead_with_tenant("earning_custom_event_type", "earning_custom_event"),
        enable_rls("earning_custom_event_type", "earning_custom_event"),
    ]

"""What criteria of segments ask of custom events."""

from django.db import migrations, models

from loyalty.tenancy.rls import enable_rls, lead_with_tenant


class Migration(migrations.Migration):

    dependencies = [("customers", "0022_terms")]

    operations = [
        migrations.CreateModel(
            name="CustomEvent",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("tenant_id", models.IntegerField()),
                ("customer_id", models.UUIDField()),
                ("type", models.CharField(max_length=40)),
                ("occurred_at", models.DateTimeField()),
                ("position", models.BigIntegerField()),
            ],
            options={
                "db_table": "customers_custom_event",
                "indexes": [
                    models.Index(fields=["tenant_id", "customer_id", "type", "occurred_at"], name="customers_custom_event_whose")
                ],
            },
        ),
        lead_with_tenant("customers_custom_event"),
        enable_rls("customers_custom_event"),
    ]

"""What is left of full amounts, and counts with the next purchase."""

from django.db import migrations, models

from loyalty.tenancy.rls import enable_rls


class Migration(migrations.Migration):

    dependencies = [
        ("earning", "0022_past_of_levels"),
    ]

    operations = [
        migrations.CreateModel(
            name="CarriedSpend",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "tenant_id", "customer_id", "carry_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("tenant_id", models.IntegerField()),
                ("customer_id", models.UUIDField()),
                ("carry_id", models.UUIDField()),
                ("total", models.BigIntegerField()),
                ("position", models.BigIntegerField()),
            ],
            options={"db_table": "earning_carried_spend"},
        ),
        enable_rls("earning_carried_spend"),
    ]

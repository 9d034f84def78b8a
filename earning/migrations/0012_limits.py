"""What is used of the limits of rules."""

from django.db import migrations, models

from loyalty.tenancy.rls import enable_rls


class Migration(migrations.Migration):

    dependencies = [
        ("earning", "0011_voided_purchases"),
    ]

    operations = [
        migrations.CreateModel(
            name="LimitUse",
            fields=[
                ("pk", models.CompositePrimaryKey("tenant_id", "id", blank=True, editable=False, primary_key=True, serialize=False)),
                ("tenant_id", models.IntegerField()),
                ("id", models.UUIDField()),
                ("used", models.BigIntegerField()),
            ],
            options={"db_table": "earning_limit"},
        ),
        enable_rls("earning_limit"),
    ]

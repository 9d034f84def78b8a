import django.contrib.postgres.fields
from django.db import migrations, models

from loyalty.tenancy.rls import enable_rls, lead_with_tenant


class Migration(migrations.Migration):

    dependencies = [("customers", "0008_saved_filters")]

    operations = [
        migrations.AddField("segment", "criteria", models.JSONField(null=True, verbose_name="criteria")),
        migrations.CreateModel(
            name="Purchase",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("tenant_id", models.IntegerField()),
                ("customer_id", models.UUIDField(null=True)),
                ("pos_id", models.UUIDField(null=True)),
                ("kept", models.BigIntegerField()),
                ("bought", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ("lines", models.JSONField()),
                ("purchased_at", models.DateTimeField()),
                ("position", models.BigIntegerField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["tenant_id", "customer_id", "purchased_at"],
                        include=["pos_id", "kept"],
                        name="customers_purchase_whose",
                    )
                ]
            },
        ),
        lead_with_tenant("customers_purchase"),
        enable_rls("customers_purchase"),
    ]

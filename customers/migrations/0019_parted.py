from django.db import migrations, models

from loyalty.tenancy.rls import enable_rls, lead_with_tenant


class Migration(migrations.Migration):

    dependencies = [("customers", "0018_words_left")]

    operations = [
        migrations.CreateModel(
            name="Parted",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("tenant_id", models.IntegerField()),
                ("customer_id", models.UUIDField()),
                ("survivor_id", models.UUIDField()),
                ("merged_by", models.CharField(max_length=100)),
                ("merged_at", models.DateTimeField()),
                ("parted_by", models.CharField(max_length=100)),
                ("parted_at", models.DateTimeField()),
                ("position", models.BigIntegerField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["tenant_id", "survivor_id"], name="customers_parted_from"),
                    models.Index(fields=["tenant_id", "customer_id"], name="customers_parted_who"),
                ],
            },
        ),
        lead_with_tenant("customers_parted"),
        enable_rls("customers_parted"),
    ]

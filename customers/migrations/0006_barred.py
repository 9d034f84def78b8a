from django.db import migrations, models

from loyalty.tenancy.rls import enable_rls


class Migration(migrations.Migration):

    dependencies = [("customers", "0005_linking_identifiers")]

    operations = [
        migrations.CreateModel(
            name="Barred",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey("tenant_id", "digest", blank=True, editable=False, primary_key=True, serialize=False),
                ),
                ("tenant_id", models.IntegerField()),
                ("digest", models.BinaryField(max_length=32)),
                ("barred_at", models.DateTimeField()),
            ],
        ),
        enable_rls("customers_barred"),
    ]

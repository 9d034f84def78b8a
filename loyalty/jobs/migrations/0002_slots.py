from django.db import migrations, models

from loyalty.tenancy.rls import enable_rls


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Slot",
            fields=[
                ("pk", models.CompositePrimaryKey("tenant_id", "job", blank=True, editable=False, primary_key=True, serialize=False)),
                ("tenant_id", models.IntegerField()),
                ("job", models.CharField(max_length=100)),
                ("slot_at", models.DateTimeField()),
                ("run_id", models.UUIDField()),
                ("leased_until", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
            ],
        ),
        enable_rls("jobs_slot"),
    ]

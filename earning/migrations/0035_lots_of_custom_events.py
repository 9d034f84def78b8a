"""Lots that custom events brought."""

from django.db import migrations, models

SOURCES = [
    ("purchase", "Purchase"),
    ("deed", "Custom event"),
    ("manual", "Correction"),
    ("import", "Import"),
    ("transfer", "Transfer"),
    ("restored", "Given back"),
    ("pooled", "Between accounts of one person"),
]


class Migration(migrations.Migration):
    dependencies = [("earning", "0034_points_live_on")]
    operations = [
        migrations.AlterField(
            "lot", "source", models.CharField("source", max_length=16, choices=SOURCES, db_default="purchase"),
        )
    ]  # fmt: skip

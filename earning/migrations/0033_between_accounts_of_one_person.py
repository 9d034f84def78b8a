"""Movements and lots that went between the accounts of one person are told apart from what customers pass on to each other."""

from django.db import migrations, models

KINDS = [
    ("earned", "Earned"),
    ("clawed_back", "Clawed back"),
    ("spent", "Spent"),
    ("held", "Kept aside"),
    ("released", "Free again"),
    ("restored", "Given back"),
    ("expired", "Expired"),
    ("reset", "Ended with a level"),
    ("debt_paid", "Debt paid"),
    ("granted", "Granted"),
    ("deducted", "Deducted"),
    ("cancelled", "Cancelled"),
    ("sent", "Passed on"),
    ("received", "Received"),
    ("pooled", "Between accounts of one person"),
]
SOURCES = [
    ("purchase", "Purchase"),
    ("manual", "Correction"),
    ("import", "Import"),
    ("transfer", "Transfer"),
    ("restored", "Given back"),
    ("pooled", "Between accounts of one person"),
]


class Migration(migrations.Migration):
    dependencies = [("earning", "0032_custom_events")]
    operations = [
        migrations.AlterField("movement", "kind", models.CharField("kind", max_length=16, choices=KINDS)),
        migrations.AlterField("lot", "source", models.CharField("source", max_length=16, choices=SOURCES, db_default="purchase")),
    ]

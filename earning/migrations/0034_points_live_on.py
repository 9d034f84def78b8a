"""A movement by which points live on, since the same person used another account."""

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
    ("prolonged", "Live on"),
]
class Migration(migrations.Migration):
    dependencies = [("earning", "0033_between_accounts_of_one_person")]
    operations = [migrations.AlterField("movement", "kind", models.CharField("kind", max_length=16, choices=KINDS))]

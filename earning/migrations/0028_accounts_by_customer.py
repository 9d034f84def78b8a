"""The accounts of a stretch of customers are found by an index."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("earning", "0027_points_of_other_wallets"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="account",
            index=models.Index(fields=["tenant_id", "customer_id"], name="earning_account_customer"),
        ),
    ]

"""Accounts are listed by what happened last."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("earning", "0029_purchases_found_by"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="account",
            index=models.Index(fields=["tenant_id", "position", "id"], name="earning_account_last"),
        ),
    ]

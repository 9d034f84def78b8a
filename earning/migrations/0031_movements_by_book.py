"""The books of all accounts are added up out of an index."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("earning", "0030_accounts_by_their_last_change"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="movement",
            index=models.Index(
                fields=["tenant_id", "effective_at"],
                include=["account_id", "kind", "points", "lapsed", "owed", "recorded_at", "operation_id"],
                name="earning_movement_booked",
            ),
        ),
    ]

"""A merchant's purchases, the latest first. Sales go on while the index is made."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("earning", "0003_delete_importrow"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="purchase",
            index=models.Index(fields=["tenant_id", "merchant_id", "purchased_at", "id"], name="earning_purchase_seller"),
        ),
    ]

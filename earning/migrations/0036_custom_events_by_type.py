"""What a customer did of one type, in its order: rules ask for it with every purchase."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("earning", "0035_lots_of_custom_events"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="customevent",
            index=models.Index(fields=["tenant_id", "customer_id", "type", "occurred_at"], name="earning_custom_event_of_type"),
        ),
    ]

"""What a purchase brought into other wallets than `points`."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("earning", "0026_transfers"),
    ]

    operations = [
        migrations.AddField(
            model_name="purchase",
            name="other_points",
            field=models.JSONField(db_default=models.Value({}, models.JSONField())),
        ),
    ]

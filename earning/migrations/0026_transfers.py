"""Transfers are listed: an index of those movements alone, so that a sale writes no more than before."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("earning", "0025_rule_photos"),
    ]

    operations = [
        migrations.CreateModel(
            name="Transfer",
            fields=[],
            options={
                "verbose_name": "transfer of points",
                "verbose_name_plural": "transfers of points",
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("earning.movement",),
        ),
        migrations.AddIndex(
            model_name="movement",
            index=models.Index(condition=models.Q(("kind", "sent")), fields=["tenant_id", "position"], name="earning_movement_sent"),
        ),
    ]

"""Looks at one person are found at once."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("staff", "0008_webhooks")]

    operations = [
        migrations.AddIndex(
            model_name="privilegedread",
            index=models.Index(fields=["tenant", "subject", "at"], name="staff_privilegedread_of"),
        ),
    ]

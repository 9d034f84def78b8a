"""Lists of purchases say by which reference their customer was found; `rebuild` fills it for those recorded before."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("earning", "0028_accounts_by_customer"),
    ]

    operations = [
        migrations.AddField(
            model_name="purchase",
            name="matched_by",
            field=models.CharField(max_length=16, null=True),
        ),
    ]

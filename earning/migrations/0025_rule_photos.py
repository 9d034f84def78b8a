"""Rules have photos for customers."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("earning", "0024_levels_reset"),
    ]

    operations = [
        migrations.AddField(model_name=name, name="photo", field=models.CharField(verbose_name="photo", max_length=80, default=""))
        for name in ("rule", "ruleversion")
    ]

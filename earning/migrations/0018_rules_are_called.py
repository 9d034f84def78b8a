"""Rules have names and descriptions for customers, in each language."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("earning", "0017_rules_end"),
    ]

    operations = [
        migrations.AddField(model_name=name, name="texts", field=models.JSONField(verbose_name="names for customers", default=list))
        for name in ("rule", "ruleversion")
    ]

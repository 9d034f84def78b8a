"""Rules are scheduled, and end: when they came into force, and every end that was planned."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("earning", "0016_levels_that_go"),
    ]

    operations = [
        migrations.AddField(model_name="rule", name="active_from", field=models.DateTimeField(verbose_name="active from", null=True)),
        migrations.AddField(model_name="rule", name="ends_at", field=models.DateTimeField(verbose_name="ends", null=True)),
        migrations.AddField(model_name="rule", name="ends", field=models.JSONField(default=list)),
        migrations.AlterField(
            model_name="rule",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "Draft"),
                    ("scheduled", "Scheduled"),
                    ("active", "Active"),
                    ("paused", "Paused"),
                    ("ended", "Ended"),
                ],
                max_length=16,
                verbose_name="state",
            ),
        ),
        migrations.RunSQL("update earning_rule set active_from = effective_at where state = 'active'", migrations.RunSQL.noop),
    ]

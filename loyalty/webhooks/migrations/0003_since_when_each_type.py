from django.db import migrations, models


class Migration(migrations.Migration):
    """A type that an endpoint asked for later is told from then on only, also when the log is read again."""

    dependencies = [("webhooks", "0002_counted_fast")]

    operations = [
        migrations.AddField("endpoint", "since", models.JSONField(default=dict)),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0002_slots"),
    ]

    operations = [
        migrations.AddField(
            model_name="reportline",
            name="problems",
            field=models.JSONField(db_default=models.Value([], models.JSONField()), default=list),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("imports", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="stagedblock",
            name="taken_by",
            field=models.UUIDField(null=True),
        ),
    ]

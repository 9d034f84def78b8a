from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0003_since_when_each_type")]

    operations = [
        migrations.AlterField(
            model_name="delivery",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "Waiting"),
                    ("sent", "Delivered"),
                    ("failed", "Failed"),
                    ("dropped", "Given up"),
                    ("removed", "Endpoint removed"),
                ],
                max_length=10,
                verbose_name="state",
            ),
        )
    ]

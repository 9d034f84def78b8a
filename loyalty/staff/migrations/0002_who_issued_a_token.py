"""Who issued a token: the person who stands behind a program."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("staff", "0001_initial"),
    ]

    operations = [
        migrations.AddField(model_name="apitoken", name="issued_by", field=models.UUIDField(editable=False, null=True)),
    ]

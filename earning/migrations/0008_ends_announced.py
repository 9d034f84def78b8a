"""Which end of a lot the customer was told of."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('earning', '0007_receipt_tries'),
    ]

    operations = [
        migrations.AddField(
            model_name='lot',
            name='announced_end',
            field=models.DateTimeField(null=True),
        ),
    ]

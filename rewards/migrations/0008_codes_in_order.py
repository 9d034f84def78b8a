"""Codes of a batch are found by their ids, which hold their numbers; the index of the stock alone says which is next."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('rewards', '0007_results'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='code',
            name='rewards_code_number',
        ),
    ]

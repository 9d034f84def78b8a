"""Rows on their way in wait in a table of the kernel, sealed."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("earning", "0002_import_rows"),
    ]

    operations = [
        migrations.DeleteModel(name="ImportRow"),
    ]

"""A log made before heads were written first gets the functions of today; a new one has them already."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("eventstore", "0001_initial")]
    operations = [migrations.RunSQL((SQL / "04_append.sql").read_text(), migrations.RunSQL.noop)]

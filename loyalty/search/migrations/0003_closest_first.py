"""A page of the closest looks along the ids first, and never at all of them."""

from pathlib import Path

from django.db import migrations

PAGE = (Path(__file__).parent.parent / "sql" / "page.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("search", "0002_newer_documents")]
    operations = [migrations.RunSQL("drop function search_page; " + PAGE, migrations.RunSQL.noop)]

"""Documents are found by their version too, and the closest of them without looking at all that match."""

from pathlib import Path

from django.db import migrations, models

PAGE = (Path(__file__).parent.parent / "sql" / "page.sql").read_text()


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]
    operations = [
        migrations.AddIndex(
            model_name="document",
            index=models.Index(fields=["tenant_id", "generation", "version"], name="search_document_version"),
        ),
        migrations.RunSQL("drop function search_page; " + PAGE, migrations.RunSQL.noop),
    ]

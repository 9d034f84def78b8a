"""Terms stand under the name of their kind, and beside them what all kinds have in common."""

from django.db import migrations, models

TABLES = ("earning_rule", "earning_rule_version")


class Migration(migrations.Migration):

    dependencies = [
        ("earning", "0008_ends_announced"),
    ]

    operations = [
        *(
            migrations.AddField(
                model_name=name,
                name="scope",
                field=models.JSONField(verbose_name="scope", default=dict),
                preserve_default=False,
            )
            for name in ("rule", "ruleversion")
        ),
        migrations.RunSQL(
            [f"update {table} set terms = jsonb_build_object('points_per_amount', terms)" for table in TABLES],
            [f"update {table} set terms = terms -> 'points_per_amount'" for table in TABLES],
        ),
    ]

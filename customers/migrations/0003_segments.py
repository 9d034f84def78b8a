import django.db.models.deletion
from django.db import migrations, models

from loyalty.tenancy.rls import enable_rls, lead_with_tenant

WAYS = [("by_hand", "By hand"), ("import", "By a list"), ("criteria", "By its criteria")]


def refers_to(model):
    return models.ForeignKey(
        db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to=model
    )


class Migration(migrations.Migration):

    dependencies = [("customers", "0002_tokens")]

    operations = [
        migrations.CreateModel(
            name="Segment",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("tenant_id", models.IntegerField()),
                ("code", models.CharField(max_length=40, verbose_name="code")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("description", models.CharField(max_length=500, verbose_name="description")),
                ("active", models.BooleanField(verbose_name="active")),
                ("changed_at", models.DateTimeField(verbose_name="last changed")),
                ("position", models.BigIntegerField()),
            ],
            options={"verbose_name": "segment", "verbose_name_plural": "segments"},
        ),
        migrations.CreateModel(
            name="Member",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("tenant_id", models.IntegerField()),
                ("segment", refers_to("customers.segment")),
                ("customer", refers_to("customers.customer")),
                ("way", models.CharField(choices=WAYS, max_length=10, verbose_name="how")),
                ("entered_by", models.CharField(max_length=100, verbose_name="put in by")),
                ("entered_at", models.DateTimeField(verbose_name="since")),
                ("position", models.BigIntegerField()),
            ],
            options={
                "db_table": "customers_segment_member",
                "verbose_name": "member of a segment",
                "verbose_name_plural": "members of segments",
            },
        ),
        migrations.AddConstraint(
            "segment", models.UniqueConstraint(fields=("tenant_id", "code"), name="customers_segment_code")
        ),
        migrations.AddConstraint(
            "member", models.UniqueConstraint(fields=("tenant_id", "segment", "customer"), name="customers_segment_member_once")
        ),
        migrations.AddIndex("member", models.Index(fields=["tenant_id", "customer"], name="customers_member_customer")),
        migrations.AddIndex(
            "member", models.Index(fields=["tenant_id", "segment", "entered_at", "id"], name="customers_member_since")
        ),
        lead_with_tenant("customers_segment", "customers_segment_member"),
        enable_rls("customers_segment", "customers_segment_member"),
    ]

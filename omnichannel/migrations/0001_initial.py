from django.db import migrations, models

from loyalty.tenancy.rls import enable_rls, lead_with_tenant

STATES = [("waiting", "Waiting"), ("sent", "Sent"), ("failed", "Failed")]
KINDS = [("points_end", "Points will end")]


class Migration(migrations.Migration):

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("tenant_id", models.IntegerField()),
                ("customer_id", models.UUIDField(verbose_name="customer")),
                ("kind", models.CharField(choices=KINDS, max_length=20, verbose_name="kind")),
                ("language", models.CharField(max_length=5, verbose_name="language")),
                ("sealed", models.BinaryField()),
                ("state", models.CharField(choices=STATES, max_length=10, verbose_name="state")),
                ("tries", models.SmallIntegerField(verbose_name="tries")),
                ("failure", models.CharField(max_length=40, verbose_name="failure")),
                ("written_at", models.DateTimeField(verbose_name="written")),
                ("sent_at", models.DateTimeField(null=True, verbose_name="sent")),
            ],
            options={"verbose_name": "message", "verbose_name_plural": "outbox"},
        ),
        migrations.AddIndex(
            "message", models.Index(fields=["tenant_id", "written_at", "id"], name="omnichannel_message_written")
        ),
        migrations.AddIndex(
            "message",
            models.Index(fields=["tenant_id", "id"], name="omnichannel_message_waits", condition=models.Q(("state", "waiting"))),
        ),
        lead_with_tenant("omnichannel_message"),
        enable_rls("omnichannel_message"),
    ]

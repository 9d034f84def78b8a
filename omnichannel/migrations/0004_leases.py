from django.db import migrations, models

STATES = [("waiting", "Waiting"), ("sent", "Sent"), ("failed", "Failed"), ("dropped", "Not sent any more")]


class Migration(migrations.Migration):
    """A message is claimed for a while instead of held in a transaction, tried again later and later, and not beyond its use."""

    dependencies = [("omnichannel", "0003_level_messages")]

    operations = [
        migrations.AlterField("message", "state", models.CharField(choices=STATES, max_length=10, verbose_name="state")),
        migrations.AddField("message", "due_at", models.DateTimeField(null=True, verbose_name="next try")),
        migrations.RunSQL("update omnichannel_message set due_at = written_at", migrations.RunSQL.noop),
        migrations.AlterField("message", "due_at", models.DateTimeField(verbose_name="next try")),
        migrations.AddField("message", "useful_until", models.DateTimeField(null=True, verbose_name="of use until")),
        migrations.RemoveIndex("message", "omnichannel_message_waits"),
        migrations.AddIndex(
            "message",
            models.Index(fields=["tenant_id", "due_at", "id"], name="omnichannel_message_due", condition=models.Q(("state", "waiting"))),
        ),
        migrations.AddIndex("message", models.Index(fields=["tenant_id", "customer_id"], name="omnichannel_message_customer")),
    ]

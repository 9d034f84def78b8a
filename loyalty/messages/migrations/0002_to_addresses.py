from django.db import migrations, models


class Migration(migrations.Migration):
    """A message may go to an address that is nobody's yet."""

    dependencies = [("loyalty_messages", "0001_initial")]

    operations = [
        migrations.AlterField("message", "customer_id", models.UUIDField(null=True, verbose_name="customer")),
        migrations.AddField("message", "to_sealed", models.BinaryField(null=True)),
        migrations.AddField("message", "address_digest", models.BinaryField(max_length=32, null=True)),
        migrations.AddIndex(
            "message",
            models.Index(
                fields=["tenant_id", "address_digest"],
                name="outbox_message_address",
                condition=models.Q(customer_id__isnull=True),
            ),
        ),
    ]

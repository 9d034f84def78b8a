from django.db import migrations


class Migration(migrations.Migration):
    """The outbox is at home in loyalty.messages."""

    dependencies = [("omnichannel", "0004_leases"), ("loyalty_messages", "0001_initial")]

    operations = [migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("Message")])]

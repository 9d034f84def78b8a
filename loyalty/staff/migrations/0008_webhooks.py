from django.db import migrations, models


class Migration(migrations.Migration):
    """Who changed what is told to other systems stands among the changes of rights."""

    dependencies = [
        ('staff', '0007_sessions'),
    ]

    operations = [
        migrations.AlterField(
            model_name='staffchange',
            name='what',
            field=models.CharField(choices=[('user.added', 'Member of staff added'), ('user.edited', 'Member of staff edited'), ('user.deactivated', 'Member of staff deactivated'), ('user.activated', 'Member of staff activated'), ('user.sessions_ended', 'Sessions ended'), ('role.added', 'Role added'), ('role.edited', 'Role edited'), ('role.deleted', 'Role deleted'), ('token.issued', 'API token issued'), ('token.revoked', 'API token revoked'), ('factor.set_up', 'Second factor set up'), ('factor.codes', 'New recovery codes made'), ('factor.turned_off', 'Second factor turned off'), ('factor.reset', 'Second factor reset'), ('webhook.added', 'Webhook endpoint added'), ('webhook.changed', 'Webhook endpoint changed'), ('webhook.paused', 'Webhook endpoint paused'), ('webhook.resumed', 'Webhook endpoint goes on'), ('webhook.removed', 'Webhook endpoint removed'), ('webhook.secret', 'Secret of a webhook endpoint exchanged'), ('webhook.replayed', 'Webhook deliveries sent again'), ('webhook.given_up', 'Webhook delivery given up')], max_length=40, verbose_name='what'),
        ),
    ]

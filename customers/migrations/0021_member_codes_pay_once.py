from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0020_side_of_session'),
    ]

    operations = [
        migrations.AddField('membercoderead', 'order_id', models.UUIDField(null=True)),
        migrations.AddField('membercoderead', 'action', models.CharField(max_length=10, default='', db_default='')),
        migrations.AddField('membercoderead', 'pos_id', models.UUIDField(null=True)),
        migrations.AddField('membercoderead', 'points', models.BigIntegerField(default=0, db_default=0)),
    ]

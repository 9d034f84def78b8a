from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0016_absorbed'),
    ]

    operations = [
        migrations.AddField(
            model_name='challenge',
            name='lane',
            field=models.CharField(db_default='open', default='open', max_length=10),
        ),
    ]

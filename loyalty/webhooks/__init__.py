"""What happens here is told to other systems: Standard Webhooks out (https://www.standardwebhooks.com).

What can be subscribed to, each context says in its module `webhooks`, see `loyalty.webhooks.event_types`. Events become rows, one for each
endpoint that asks for them, after the commit (`processes`); a job sends them (`sending`), signed (`signing`), to public addresses only
(`targets`, `transport`).
"""

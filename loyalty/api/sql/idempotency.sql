-- The answers of writes, by the id of their command: kept 30 days, sealed. Guards, never rebuilt.
create table api_idempotency (
    tenant_id int not null references tenancy_tenant (id),
    command_id uuid not null,
    request_hash bytea not null,
    status smallint not null,
    body bytea not null,
    created_at timestamptz not null default now(),
    primary key (tenant_id, command_id)
);
-- Only the nightly cleaning asks for ages: a BRIN index costs the writes nothing.
create index api_idempotency_age on api_idempotency using brin (created_at);

-- Volatile, so that the look-up has a snapshot taken after the lock: an answer committed just before is seen.
-- The lock is one of two ints: those of one bigint belong to the event log.
create function api_idempotency_open(high int, low int, command uuid, out mine boolean, out request_hash bytea, out status smallint, out body bytea)
language plpgsql volatile as $$
begin
    mine := pg_try_advisory_xact_lock(high, low);
    if mine then
        select i.request_hash, i.status, i.body into request_hash, status, body
            from api_idempotency i where i.tenant_id = (select current_setting('loyalty.tenant')::int) and i.command_id = command;
    end if;
end $$;

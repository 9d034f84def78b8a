-- The keys of people: made with the first event that speaks of them, gone for good when destroyed.
create function event.obtain_keys(ids uuid[], version smallint, wrapped bytea[])
returns table (subject_id uuid, master_version smallint, wrapped_key bytea)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
    tenant constant int := current_setting('loyalty.tenant')::int;
begin
    insert into event.subject_key (tenant_id, subject_id, master_version, wrapped_key)
    select tenant, w.id, version, w.fresh from unnest(ids, wrapped) w (id, fresh) order by w.id
        on conflict do nothing;
    return query select k.subject_id, k.master_version, k.wrapped_key from event.subject_key k where k.tenant_id = tenant and k.subject_id = any (ids);
end $$;

create function event.destroy_key(id uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    -- a person without a key gets a destroyed one, so that none can be made for them later
    insert into event.subject_key as k (tenant_id, subject_id, master_version, wrapped_key, destroyed_at)
    values (current_setting('loyalty.tenant')::int, id, 0, null, clock_timestamp())
        on conflict (tenant_id, subject_id) do update set wrapped_key = null, destroyed_at = excluded.destroyed_at where k.destroyed_at is null;
    return found;
end $$;

-- Puts a key under another master key; nothing happens when it changed meanwhile or was destroyed.
create function event.rewrap_key(tenant int, id uuid, before bytea, version smallint, after bytea) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    update event.subject_key set master_version = version, wrapped_key = after
     where tenant_id = tenant and subject_id = id and wrapped_key = before;
    return found;
end $$;

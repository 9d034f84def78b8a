-- Writers of an index share this lock; whoever makes, swaps or expunges it holds the lock alone for a moment.
create function search_lock(p_name text, p_alone boolean) returns void language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    v_key constant bigint := hashtextextended('search.' || p_name, current_setting('loyalty.tenant')::int);
begin
    if p_alone then
        perform pg_advisory_xact_lock(v_key);
    else
        perform pg_advisory_xact_lock_shared(v_key);
    end if;
end
$$;

-- A new making of the index; null when there is one in that state already.
create function search_begin(p_name text, p_shape text, p_state text) returns int language sql
set search_path = public, pg_temp
begin atomic
    insert into search_generation (tenant_id, name, number, shape, state)
    select current_setting('loyalty.tenant')::int, p_name, nextval('search_generation_number'), p_shape, p_state
    on conflict do nothing returning number;
end;

-- Stores documents in one making; returns how many it took.
create function search_store(p_generation int, p_rows jsonb) returns int language sql
set search_path = public, pg_temp
begin atomic
    with given as (
        select * from jsonb_to_recordset(p_rows) as r (
            id uuid, version bigint, tombstone boolean, words text[], keywords text[], keys text[], latitude float8, longitude float8)
    ), stored as (
        insert into search_document as d (tenant_id, generation, id, version, tombstone, tokens, keys, latitude, longitude)
        select current_setting('loyalty.tenant')::int, p_generation, g.id, g.version, g.tombstone,
            case when g.tombstone then ''::tsvector else array_to_tsvector(
                array[p_generation || '*'] || array(select p_generation || '.' || w from unnest(g.words) w)
                || array(select p_generation || '=' || k from unnest(g.keywords) k)) end,
            g.keys, g.latitude, g.longitude
        from given g order by g.id
        on conflict (tenant_id, generation, id) do update set version = excluded.version, tombstone = excluded.tombstone,
            tokens = excluded.tokens, keys = excluded.keys, latitude = excluded.latitude, longitude = excluded.longitude
            where d.version <= excluded.version
        returning d.id
    ), noted as (
        insert into search_word (tenant_id, generation, length, word)
        select distinct current_setting('loyalty.tenant')::int, p_generation, length(w), w
        from given join stored using (id) cross join unnest(given.words) w where length(w) >= 3 order by 3, 4
        on conflict do nothing
    )
    select count(*)::int from stored;
end;

-- Stores documents of the tenant that the transaction is set to, in one round trip, in the live making and in the next one.
-- Returns how many the live one took (the rest are older than what is there), or -1 when there is none of this shape.
create function search_write(p_name text, p_shape text, p_rows jsonb) returns int language plpgsql
set search_path = public, pg_temp
as $$
declare
    v_tenant constant int := current_setting('loyalty.tenant')::int;
    v_making record;
    v_stored int := -1;
begin
    perform search_lock(p_name, false);
    if not exists (select from search_generation where tenant_id = v_tenant and name = p_name and state = 'live') then
        perform search_begin(p_name, p_shape, 'live');
    end if;
    for v_making in select number, state from search_generation
        where tenant_id = v_tenant and name = p_name and shape = p_shape and state in ('live', 'next') order by number
    loop
        if v_making.state = 'live' then
            v_stored := search_store(v_making.number, p_rows);
        else
            perform search_store(v_making.number, p_rows);
            v_stored := greatest(v_stored, 0);
        end if;
    end loop;
    return v_stored;
end
$$;

-- The hash of an event: sha256 over
--   previous hash (32 bytes), tenant (4), stream (16), version (4), event id (16), schema version (2), recorded_at (8: microseconds since 2000-01-01 UTC),
--   then name, payload and metadata, each as UTF-8 behind its length in bytes (4).
-- All numbers are big-endian; what has no length in front of it has a fixed one, so no two different events have the same input.
create function event.link(previous bytea, tenant int, stream uuid, version int, id uuid, schema smallint, recorded timestamptz, name text, payload text, metadata text)
returns bytea language sql immutable parallel safe as $$
    select sha256(previous || int4send(tenant) || uuid_send(stream) || int4send(version) || uuid_send(id) || int2send(schema) || timestamptz_send(recorded)
        || int4send(octet_length(name)) || convert_to(name, 'UTF8')
        || int4send(octet_length(payload)) || convert_to(payload, 'UTF8')
        || int4send(octet_length(metadata)) || convert_to(metadata, 'UTF8'))
$$;

create function event.link_step(state bytea, head bytea, tenant int, stream uuid, version int, id uuid, schema smallint, recorded timestamptz, name text, payload text, metadata text)
returns bytea language sql immutable parallel safe as $$
    select event.link(coalesce(state, head), tenant, stream, version, id, schema, recorded, name, payload, metadata)
$$;
create aggregate event.chain(head bytea, tenant int, stream uuid, version int, id uuid, schema smallint, recorded timestamptz, name text, payload text, metadata text)
    (sfunc = event.link_step, stype = bytea);

-- The heads of streams, locked in id order; a stream without events has no row.
create function event.lock_heads(ids uuid[]) returns table (stream_id uuid, version int)
language sql security definer set search_path = pg_catalog, pg_temp as $$
    select s.stream_id, s.version from event.stream s
     where s.tenant_id = (select current_setting('loyalty.tenant')::int) and s.stream_id = any (ids)
     order by s.stream_id for update
$$;

-- Appends all events of a transaction's commands. heads and expected: the streams, in id order, and the versions they are at.
-- The events, in log order: of_head and of_command are indexes (from 1) into heads and commands.
-- Raises LE001 when a stream is not at its expected version, LE002 when a command is in the log already.
create function event.append(
    heads uuid[], expected int[], commands uuid[], metadata text[],
    of_head int[], of_command int[], ids uuid[], names text[], schemas smallint[], payloads text[])
returns table (event_position bigint, event_version int, event_recorded_at timestamptz, event_tenant int)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
    tenant constant int := current_setting('loyalty.tenant')::int;
    recorded constant timestamptz := clock_timestamp();
    written int;
begin
    perform event.announce();
    perform from event.stream s where s.tenant_id = tenant and s.stream_id = any (heads) order by s.stream_id for update;
    return query
    with head as materialized (
        select h.number, h.id, h.version, coalesce(s.hash, '\x0000000000000000000000000000000000000000000000000000000000000000'::bytea) as hash
          from unnest(heads, expected) with ordinality h (id, version, number)
          left join event.stream s on s.tenant_id = tenant and s.stream_id = h.id
         where h.version = coalesce(s.version, 0)),
    fact as (
        select x.*, m.command, m.metadata, h.id as stream, h.hash as head, h.version + row_number() over (partition by x.head_number order by x.number) as version
          from unnest(of_head, of_command, ids, names, schemas, payloads) with ordinality x (head_number, command_number, id, name, schema, payload, number)
          join head h on h.number = x.head_number
          join unnest(commands, metadata) with ordinality m (command, metadata, number) on m.number = x.command_number),
    linked as (
        select f.*, event.chain(f.head, tenant, f.stream, f.version::int, f.id, f.schema, recorded, f.name, f.payload, f.metadata)
                    over (partition by f.head_number order by f.number) as hash
          from fact f),
    chained as (
        select l.*, coalesce(lag(l.hash) over (partition by l.head_number order by l.number), l.head) as previous from linked l),
    placed as materialized (
        select nextval('event.position_seq') as position, c.* from (select * from chained order by number) c),
    inserted as (
        insert into event.event (position, tenant_id, stream_id, version, event_id, name, schema_version, recorded_at, payload, metadata, previous_hash, hash)
        select p.position, tenant, p.stream, p.version, p.id, p.name, p.schema, recorded, p.payload::json, p.metadata::json, p.previous, p.hash from placed p),
    moved as (
        insert into event.stream as s (tenant_id, stream_id, version, hash, first_position, last_position)
        select tenant, p.stream, max(p.version), (array_agg(p.hash order by p.number desc))[1], min(p.position), max(p.position)
          from placed p group by p.stream order by p.stream
            on conflict (tenant_id, stream_id) do update
           set version = excluded.version, hash = excluded.hash, last_position = excluded.last_position
         where s.version = (select h.version from head h where h.id = excluded.stream_id) returning 1),
    applied as (
        insert into event.command (tenant_id, command_id, first_position, last_position)
        select tenant, p.command, min(p.position), max(p.position) from placed p group by p.command order by p.command
            on conflict (tenant_id, command_id) do nothing returning 1),
    counted as (select (select count(*) from moved) as heads_moved, (select count(*) from applied) as commands_applied)
    select case when c.heads_moved <> cardinality(heads) then event.wrong_version()
                when c.commands_applied <> cardinality(commands) then event.already_applied() else p.position end,
           p.version::int, recorded, tenant
      from counted c left join placed p on true order by p.number;
end $$;

create function event.wrong_version() returns bigint language plpgsql as $$
begin
    raise exception 'a stream is not at its expected version' using errcode = 'LE001';
end $$;
create function event.already_applied() returns bigint language plpgsql as $$
begin
    raise exception 'a command is in the log already' using errcode = 'LE002';
end $$;

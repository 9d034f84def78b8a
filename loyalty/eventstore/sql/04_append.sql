-- The hash of an event: sha256 over
--   previous hash (32 bytes; zeros before the first event), tenant (4), stream (16), version (4), event id (16), schema version (2),
--   recorded_at (8: microseconds since 2000-01-01 UTC),
--   then name, payload and metadata, each as UTF-8 behind its length in bytes (4).
-- Numbers are big-endian. What has no length in front of it has a fixed one, so no two different events have the same input.
-- Not immutable, though it always gives the same: convert_to() is not declared so, and then it would not be inlined.
create or replace function event.link(
    previous bytea, tenant int, stream uuid, version int, id uuid, schema smallint, recorded timestamptz, name text, payload text, metadata text)
returns bytea language sql stable parallel safe as $$
    select sha256(previous || int4send(tenant) || uuid_send(stream) || int4send(version) || uuid_send(id) || int2send(schema) || timestamptz_send(recorded)
        || int4send(octet_length(name)) || convert_to(name, 'UTF8')
        || int4send(octet_length(payload)) || convert_to(payload, 'UTF8')
        || int4send(octet_length(metadata)) || convert_to(metadata, 'UTF8'))
$$;

-- The heads of streams, locked in id order; a stream without events has no row.
create or replace function event.lock_heads(ids uuid[]) returns table (stream_id uuid, version int)
language sql security definer set search_path = pg_catalog, pg_temp as $$
    select s.stream_id, s.version from event.stream s
     where s.tenant_id = (select current_setting('loyalty.tenant')::int) and s.stream_id = any (ids)
     order by s.stream_id for update
$$;

-- Appends all events of a transaction's commands: the only way to write facts.
--   heads, expected: the streams that get events, in id order, and the versions they are at (0: not born yet)
--   commands, metadata: the commands and what their events have in common
--   of_head … payloads: the events in log order; of_head and of_command are indexes (from 1) into heads and commands,
--   and the events of a command stand together
-- Raises LE001 or a unique violation on event.event* or event.stream when a stream is not at its expected version (two that
-- are at it: the second waits for the first), and a unique violation on event.command when a command is in the log already.
-- Heads are written before events, in id order: two that give birth to the same streams meet at the first of them, and neither
-- holds another that the first one waits for, whatever the order of their events.
-- Measured: up to 8 rows, a statement for each is cheaper than one for all; beyond, a set is. No sequential scans: a plan may
-- be made while a table is small, and kept while it grows.
create or replace function event.append(
    heads uuid[], expected int[], commands uuid[], metadata text[],
    of_head int[], of_command int[], ids uuid[], names text[], schemas smallint[], payloads text[],
    out positions bigint[], out recorded timestamptz, out tenant int)
language plpgsql security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off as $$
declare
    few constant int := 8;
    zeros constant bytea := decode(repeat('00', 32), 'hex');
    events constant int := cardinality(ids);
    streams constant int := cardinality(heads);
    versions int[] := expected;             -- of each head: the version it has reached …
    chain bytea[];                          -- … its hash …
    firsts bigint[];                        -- … the position of its first event, if it is born here, and that of its last
    lasts bigint[];
    circumstances json[];
    event_versions int[];                   -- of each event
    befores bytea[];
    afters bytea[];
    moved int;
    stream uuid; before bytea; after bytea; at bigint; body text; h int; v int; i int := 0;
begin
    tenant := current_setting('loyalty.tenant')::int;
    recorded := clock_timestamp();
    if event.announced() then end if;

    if streams <= few then
        for h in 1 .. streams loop
            before := zeros;
            v := expected[h];
            if v > 0 then
                stream := heads[h];
                select s.hash into before from event.stream s where s.tenant_id = tenant and s.stream_id = stream and s.version = v;
                if before is null then
                    raise exception 'stream % is not at version %', stream, v using errcode = 'LE001';
                end if;
            end if;
            chain[h] := before;
        end loop;
    else
        chain := array_fill(zeros, array[streams]);
        firsts := array_fill(null::bigint, array[streams]);
        for h, before in
            select w.number, s.hash from unnest(heads, expected) with ordinality w (id, version, number)
              left join event.stream s on s.tenant_id = tenant and s.stream_id = w.id and s.version = w.version
             where w.version > 0
        loop
            if before is null then
                raise exception 'stream % is not at version %', heads[h], expected[h] using errcode = 'LE001';
            end if;
            chain[h] := before;
        end loop;
    end if;

    foreach body in array payloads loop
        i := i + 1;
        h := of_head[i];
        v := versions[h] + 1;
        before := chain[h];
        at := nextval('event.position_seq');
        after := event.link(before, tenant, heads[h], v, ids[i], schemas[i], recorded, names[i], body, metadata[of_command[i]]);
        event_versions[i] := v;
        befores[i] := before;
        afters[i] := after;
        if v = 1 then
            firsts[h] := at;
        end if;
        versions[h] := v;
        chain[h] := after;
        lasts[h] := at;
        positions[i] := at;
    end loop;

    if streams <= few then
        for h in 1 .. streams loop
            if expected[h] = 0 then
                insert into event.stream (tenant_id, stream_id, version, hash, first_position, last_position)
                values (tenant, heads[h], versions[h], chain[h], firsts[h], lasts[h]);
            else
                update event.stream s set version = versions[h], hash = chain[h], last_position = lasts[h]
                 where s.tenant_id = tenant and s.stream_id = heads[h] and s.version = expected[h];
                if not found then
                    raise exception 'stream % is not at version %', heads[h], expected[h] using errcode = 'LE001';
                end if;
            end if;
        end loop;
    else
        insert into event.stream (tenant_id, stream_id, version, hash, first_position, last_position)
        select tenant, w.id, w.reached, w.hash, w.first, w.last
          from unnest(heads, expected, versions, chain, firsts, lasts) w (id, version, reached, hash, first, last)
         where w.version = 0;
        get diagnostics v = row_count;
        update event.stream s set version = w.reached, hash = w.hash, last_position = w.last
          from unnest(heads, expected, versions, chain, lasts) w (id, version, reached, hash, last)
         where w.version > 0 and s.tenant_id = tenant and s.stream_id = w.id and s.version = w.version;
        get diagnostics moved = row_count;
        if moved + v <> streams then
            raise exception 'a stream is not at its expected version' using errcode = 'LE001';
        end if;
    end if;

    if events <= few then
        for i in 1 .. events loop
            insert into event.event (position, tenant_id, stream_id, version, event_id, name, schema_version, recorded_at,
                                     payload, metadata, previous_hash, hash)
            values (positions[i], tenant, heads[of_head[i]], event_versions[i], ids[i], names[i], schemas[i], recorded,
                    payloads[i]::json, metadata[of_command[i]]::json, befores[i], afters[i]);
        end loop;
    else
        circumstances := metadata::json[];
        insert into event.event (position, tenant_id, stream_id, version, event_id, name, schema_version, recorded_at,
                                 payload, metadata, previous_hash, hash)
        select x.at, tenant, heads[x.h], x.v, x.id, x.name, x.schema, recorded, x.body::json, circumstances[x.c], x.before, x.after
          from unnest(positions, of_head, of_command, event_versions, ids, names, schemas, payloads, befores, afters)
               x (at, h, c, v, id, name, schema, body, before, after);
    end if;

    if cardinality(commands) = 1 then
        insert into event.command (tenant_id, command_id, first_position, last_position)
        values (tenant, commands[1], positions[1], positions[events]);
    else
        insert into event.command (tenant_id, command_id, first_position, last_position)
        select tenant, commands[w.c], min(w.at), max(w.at) from unnest(of_command, positions) w (c, at) group by w.c;
    end if;
end $$;

-- The same for the most frequent kind of command, one event on one stream, without arrays and loops. The head's new hash is
-- made where the old one lies; the announcement comes before the position, in the order that CASE keeps.
create or replace function event.append_one(
    stream uuid, expected int, command uuid, metadata text, id uuid, name text, schema smallint, payload text,
    out at bigint, out recorded timestamptz, out tenant int)
language plpgsql security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off as $$
declare
    before bytea := decode(repeat('00', 32), 'hex');
    after bytea;
begin
    tenant := current_setting('loyalty.tenant')::int;
    recorded := clock_timestamp();
    if expected > 0 then
        update event.stream s
           set version = expected + 1, last_position = case when not event.announced() then nextval('event.position_seq') end,
               hash = event.link(s.hash, tenant, stream, expected + 1, id, schema, recorded, name, payload, metadata)
         where s.tenant_id = tenant and s.stream_id = stream and s.version = expected
        returning old.hash, new.hash, new.last_position into before, after, at;
        if at is null then
            raise exception 'stream % is not at version %', stream, expected using errcode = 'LE001';
        end if;
    else
        at := case when not event.announced() then nextval('event.position_seq') end;
        after := event.link(before, tenant, stream, 1, id, schema, recorded, name, payload, metadata);
        insert into event.stream (tenant_id, stream_id, version, hash, first_position, last_position)
        values (tenant, stream, 1, after, at, at);
    end if;
    insert into event.event (position, tenant_id, stream_id, version, event_id, name, schema_version, recorded_at,
                             payload, metadata, previous_hash, hash)
    values (at, tenant, stream, expected + 1, id, name, schema, recorded, payload::json, metadata::json, before, after);
    insert into event.command (tenant_id, command_id, first_position, last_position) values (tenant, command, at, at);
end $$;

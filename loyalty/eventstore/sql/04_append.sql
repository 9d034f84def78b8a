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

-- Appends the events of a command that has few of them, four rows to a statement: up to 16 that is cheaper than sets.
--   heads, expected: the streams that get events, in id order, and the versions they are at (0: not born yet)
--   ends: for each head, the index (from 1) of its last event; the events of a stream stand together, in their order
--   places: for each event, its place in the log among the events of this command
-- Raises LE001 or a unique violation on event.event* or event.stream when a stream is not at its expected version (two that
-- are at it: the second waits for the first), and a unique violation on event.command when the command is in the log already.
-- The heads of streams are written before their events, and in id order, here and wherever several are appended to: two that
-- give birth to the same streams meet at the first of them, and neither holds another that the first one waits for.
-- No sequential scans: a plan may be made while a table is small, and kept while it grows.
create or replace function event.append_few(
    heads uuid[], expected int[], ends int[], command uuid, metadata text,
    places int[], ids uuid[], names text[], schemas smallint[], payloads text[],
    out positions bigint[], out recorded timestamptz, out tenant int)
language plpgsql security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off as $$
declare
    count constant int := cardinality(ids);
    circumstances constant json := metadata;
    streams uuid[]; versions int[]; befores bytea[]; afters bytea[];  -- of each event
    stream uuid; hash bytea; v int; low int := 1;
begin
    tenant := current_setting('loyalty.tenant')::int;
    recorded := clock_timestamp();
    if event.announced() then end if;
    for i in 1 .. count loop
        positions[i] := nextval('event.position_seq');
    end loop;
    for h in 1 .. cardinality(heads) loop
        stream := heads[h];
        v := expected[h];
        hash := '\x0000000000000000000000000000000000000000000000000000000000000000';
        if v > 0 then
            select s.hash into hash from event.stream s where s.tenant_id = tenant and s.stream_id = stream and s.version = v;
            if hash is null then
                raise exception 'stream % is not at version %', stream, v using errcode = 'LE001';
            end if;
        end if;
        for i in low .. ends[h] loop
            v := v + 1;
            streams[i] := stream;
            versions[i] := v;
            befores[i] := hash;
            hash := event.link(hash, tenant, stream, v, ids[i], schemas[i], recorded, names[i], payloads[i], metadata);
            afters[i] := hash;
        end loop;
        if expected[h] = 0 then
            insert into event.stream (tenant_id, stream_id, version, hash, first_position, last_position)
            values (tenant, stream, v, afters[ends[h]], positions[places[low]], positions[places[ends[h]]]);
        else
            update event.stream s set version = v, hash = afters[ends[h]], last_position = positions[places[ends[h]]]
             where s.tenant_id = tenant and s.stream_id = stream and s.version = expected[h];
            if not found then
                raise exception 'stream % is not at version %', stream, expected[h] using errcode = 'LE001';
            end if;
        end if;
        low := ends[h] + 1;
    end loop;
    for i in 1 .. count by 4 loop
        insert into event.event (position, tenant_id, stream_id, version, event_id, name, schema_version, recorded_at,
                                 payload, metadata, previous_hash, hash)
        select x.at, tenant, x.stream, x.v, x.id, x.name, x.schema, recorded, x.body::json, circumstances, x.before, x.after
          from (values
            (positions[places[i]], streams[i], versions[i], ids[i], names[i], schemas[i], payloads[i], befores[i], afters[i]),
            (positions[places[i + 1]], streams[i + 1], versions[i + 1], ids[i + 1], names[i + 1], schemas[i + 1],
                payloads[i + 1], befores[i + 1], afters[i + 1]),
            (positions[places[i + 2]], streams[i + 2], versions[i + 2], ids[i + 2], names[i + 2], schemas[i + 2],
                payloads[i + 2], befores[i + 2], afters[i + 2]),
            (positions[places[i + 3]], streams[i + 3], versions[i + 3], ids[i + 3], names[i + 3], schemas[i + 3],
                payloads[i + 3], befores[i + 3], afters[i + 3])
          ) x (at, stream, v, id, name, schema, body, before, after)
         where x.id is not null;
    end loop;
    insert into event.command (tenant_id, command_id, first_position, last_position)
    values (tenant, command, positions[1], positions[count]);
end $$;

-- The same for any number of events and commands, in sets.
--   of_head … payloads: the events in log order; of_head and of_command are indexes (from 1) into heads and commands,
--   and the events of a command stand together
create or replace function event.append(
    heads uuid[], expected int[], commands uuid[], metadata text[],
    of_head int[], of_command int[], ids uuid[], names text[], schemas smallint[], payloads text[],
    out positions bigint[], out recorded timestamptz, out tenant int)
language plpgsql security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off as $$
declare
    streams constant int := cardinality(heads);
    circumstances constant json[] := metadata::json[];
    versions int[] := expected;             -- of each head: the version it has reached …
    chain bytea[] := array_fill(decode(repeat('00', 32), 'hex'), array[streams]);  -- … its hash …
    firsts bigint[] := array_fill(null::bigint, array[streams]);  -- … the position of its first event, if it is born here …
    lasts bigint[];                         -- … and that of its last
    event_versions int[];                   -- of each event
    befores bytea[];
    afters bytea[];
    born int; moved int;
    before bytea; after bytea; at bigint; body text; h int; v int; i int := 0;
begin
    tenant := current_setting('loyalty.tenant')::int;
    recorded := clock_timestamp();
    if event.announced() then end if;

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

    insert into event.stream (tenant_id, stream_id, version, hash, first_position, last_position)
    select tenant, w.id, w.reached, w.hash, w.first, w.last
      from unnest(heads, expected, versions, chain, firsts, lasts) w (id, version, reached, hash, first, last)
     where w.version = 0;
    get diagnostics born = row_count;
    update event.stream s set version = w.reached, hash = w.hash, last_position = w.last
      from unnest(heads, expected, versions, chain, lasts) w (id, version, reached, hash, last)
     where w.version > 0 and s.tenant_id = tenant and s.stream_id = w.id and s.version = w.version;
    get diagnostics moved = row_count;
    if moved + born <> streams then
        raise exception 'a stream is not at its expected version' using errcode = 'LE001';
    end if;

    insert into event.event (position, tenant_id, stream_id, version, event_id, name, schema_version, recorded_at,
                             payload, metadata, previous_hash, hash)
    select x.at, tenant, heads[x.h], x.v, x.id, x.name, x.schema, recorded, x.body::json, circumstances[x.c], x.before, x.after
      from unnest(positions, of_head, of_command, event_versions, ids, names, schemas, payloads, befores, afters)
           x (at, h, c, v, id, name, schema, body, before, after);

    insert into event.command (tenant_id, command_id, first_position, last_position)
    select tenant, commands[w.c], min(w.at), max(w.at) from unnest(of_command, positions) w (c, at) group by w.c;
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

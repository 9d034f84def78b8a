-- Who may see what, and that nobody changes the past, by mistake or by right.
create function event.refuse() returns trigger language plpgsql as $$
begin
    raise exception 'the log is append-only: % on %.% is refused', tg_op, tg_table_schema, tg_table_name using errcode = 'LE003';
end $$;

create function event.protect(target regclass) returns void language plpgsql as $$
begin
    execute format('alter table %s enable row level security', target);
    execute format('alter table %s force row level security', target);
    execute format('create policy tenant_only on %s using (tenant_id = (select current_setting(''loyalty.tenant'')::int))'
                   ' with check (tenant_id = (select current_setting(''loyalty.tenant'')::int))', target);
    execute format('create policy projector_reads on %s for select to loyalty_projector using (true)', target);
    execute format('create trigger never_emptied before truncate on %s for each statement execute function event.refuse()', target);
end $$;

select event.protect(t) from unnest('{event.event,event.stream,event.command,event.subject_key}'::regclass[]) t;

alter table event.anchor enable row level security;
alter table event.anchor force row level security;
create policy projector_reads on event.anchor for select to loyalty_projector using (true);
create trigger never_emptied before truncate on event.anchor for each statement execute function event.refuse();

create trigger never_changed before update or delete on event.event for each row execute function event.refuse();
create trigger never_changed before update or delete on event.command for each row execute function event.refuse();
create trigger never_changed before update or delete on event.anchor for each row execute function event.refuse();
create trigger never_deleted before delete on event.stream for each row execute function event.refuse();
create trigger never_deleted before delete on event.subject_key for each row execute function event.refuse();

create function event.key_stays_destroyed() returns trigger language plpgsql as $$
begin
    if old.destroyed_at is not null or new.tenant_id <> old.tenant_id or new.subject_id <> old.subject_id then
        raise exception 'the key of subject % is destroyed or not its own', old.subject_id using errcode = 'LE003';
    end if;
    return new;
end $$;
create trigger stays_destroyed before update on event.subject_key for each row execute function event.key_stays_destroyed();

-- Partitions: reached through their parent only (no grants); the policies and the truncate trigger stand on each of them all the same.
-- Attached rather than created in place, so that writers are not locked out.
create function event.add_partition(number int) returns void language plpgsql as $$
declare
    size constant bigint := 50000000;
    low constant bigint := number * size + 1;
    part constant text := 'event.' || format('event_p%s', lpad(number::text, 5, '0'));
begin
    execute format('create table %s (like event.event including defaults including constraints)', part);
    execute format('alter table %s add primary key (position)', part);
    execute format('create unique index on %s (tenant_id, stream_id, version)', part);
    perform event.protect(part::regclass);
    execute format('alter table event.event attach partition %s for values from (%s) to (%s)', part, low, low + size);
end $$;

-- Makes the partitions up to `ahead` beyond the one that is written; returns how many it made.
create function event.add_partitions(ahead int default 2) returns int
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    present int := (select count(*) from pg_inherits where inhparent = 'event.event'::regclass);
    wanted int := (coalesce(pg_sequence_last_value('event.position_seq'), 0) / 50000000)::int + 1 + ahead;
begin
    for number in present .. wanted - 1 loop
        perform event.add_partition(number);
    end loop;
    return greatest(wanted - present, 0);
end $$;
select event.add_partitions();

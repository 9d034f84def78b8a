-- Anchors: the hash of a stretch of the log, chained to the anchor before it. Written down outside the database, too, they
-- hold the past: whoever can rewrite every table still cannot make the log agree with a file that lies elsewhere.
create function event.anchor_step(state bytea, before bytea, at bigint, hash bytea) returns bytea
language sql immutable parallel safe as $$ select sha256(coalesce(state, before) || int8send(at) || hash) $$;
create aggregate event.anchor_hash(before bytea, at bigint, hash bytea) (sfunc = event.anchor_step, stype = bytea);

-- Covers the next events below the horizon, `most` at the most; returns how many (0: nothing new).
create function event.add_anchor(most int default 1000000) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    top bigint;
    after bigint;
    before bytea;
    made event.anchor;
begin
    perform pg_advisory_xact_lock(78::bigint << 48);  -- one at a time: each stands on the one before
    select a.last_position, a.hash into after, before from event.anchor a order by a.id desc limit 1;
    after := coalesce(after, 0);
    before := coalesce(before, decode(repeat('00', 32), 'hex'));
    top := event.horizon();
    select max(e.position), count(*), event.anchor_hash(before, e.position, e.hash order by e.position)
      into made.last_position, made.events, made.hash
      from (select e.position, e.hash from event.event e where e.position > after and e.position <= top order by e.position limit most) e;
    if made.events > 0 then
        insert into event.anchor (after_position, last_position, events, hash, made_at)
        values (after, made.last_position, made.events, made.hash, clock_timestamp());
    end if;
    return made.events;
end $$;

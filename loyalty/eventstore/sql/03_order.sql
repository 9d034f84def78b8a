-- Global order without gaps: a sequence hands out positions before transactions commit, so a reader that follows positions
-- misses those that commit late. A writer first announces the last position drawn so far, as a shared advisory lock that
-- nobody ever waits for: each position that its transaction will draw is above that number. Readers see announcements at once,
-- in pg_locks, and stop below the lowest. An announcement ends with its transaction, however that ends.
-- Always false, so that it can stand in a condition. pg_sequence_last_value() and not "select last_value": the latter is read under the statement's snapshot.
create function event.announced() returns boolean language sql volatile as $$
    select pg_advisory_xact_lock_shared((77::bigint << 48) | coalesce(pg_sequence_last_value('event.position_seq'), 0)) is null
$$;

-- No event at or below this position can appear any more. Call it in a statement of its own, before the one that reads.
-- The order of the two reads matters: who has not announced yet when pg_locks is read draws above `drawn`.
create function event.horizon() returns bigint language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
    drawn bigint;
    announced bigint;
begin
    if not has_sequence_privilege('event.position_seq', 'usage, select') then
        raise exception 'the horizon is hidden: % may not read event.position_seq', current_user using errcode = 'insufficient_privilege';
    end if;
    drawn := coalesce(pg_sequence_last_value('event.position_seq'), 0);  -- null before the first event
    select min(((classid::bigint << 32) | objid::bigint) - (77::bigint << 48)) into announced
      from pg_locks
     where locktype = 'advisory' and objsubid = 1 and (classid::bigint >> 16) = 77
       and database = (select oid from pg_database where datname = current_database());
    return least(drawn, coalesce(announced, drawn));
end $$;

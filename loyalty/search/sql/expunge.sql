-- Words that no document of the tenant has any more, in the makings of one index (among `p_words`, or all when null). Runs
-- with its owner's rights, because only so the index over the tokens is used; reads the tenant itself.
create function search_unused_words(p_name text, p_words text[]) returns table (unused_generation int, unused_word text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
begin atomic
    select w.generation, w.word from public.search_word w
        join public.search_generation g on g.tenant_id = w.tenant_id and g.number = w.generation
    where g.tenant_id = current_setting('loyalty.tenant')::int and g.name = p_name and (p_words is null or w.word = any (p_words))
        and not exists (select from public.search_document d
            where d.tenant_id = w.tenant_id and d.tokens @@ ('''' || w.generation || '.' || w.word || '''')::tsquery);
end;
revoke execute on function search_unused_words from public;
grant execute on function search_unused_words to loyalty_app, loyalty_projector;

-- Takes them out while nobody writes. What is unused is found first and only looked at again under the lock, so that the
-- lock is held for a moment.
create function search_expunge(p_name text) returns int language plpgsql
set search_path = public, pg_temp
as $$
declare
    v_tenant constant int := current_setting('loyalty.tenant')::int;
    v_words constant text[] := array(select unused_word from search_unused_words(p_name, null));
    v_removed int;
begin
    perform search_lock(p_name, true);
    delete from search_word w using search_unused_words(p_name, v_words) u
        where w.tenant_id = v_tenant and w.generation = u.unused_generation and w.length = length(u.unused_word) and w.word = u.unused_word;
    get diagnostics v_removed = row_count;
    return v_removed;
end
$$;

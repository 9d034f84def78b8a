-- One page of matches of the tenant that the transaction is set to, and how many there are.
-- Runs with its owner's rights: under row-level security only leakproof operators use an index, and @@ is not one. So it
-- reads the tenant itself, and every part of the statement that it builds is a number or comes from this file.
-- p_matching, p_begun, p_whole: what must match, what counts as begun, what counts as whole (null: everything).
-- p_order: 0 closeness, -1 distance, n the n-th key; p_down: descending; p_after, p_after_id: the last row of the page before.
-- p_newer: documents of a later version only (null: all).
create function search_page(
    p_tenant int, p_generation int, p_matching tsquery, p_begun tsquery, p_whole tsquery,
    p_bounds int[], p_starts text[], p_ends text[],
    p_latitude float8, p_longitude float8, p_meters float8,
    p_order int[], p_down boolean[], p_after text[], p_after_id uuid,
    p_newer bigint, p_count boolean, p_limit int, p_offset int
) returns table (total bigint, document uuid, document_keys text[])
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set work_mem = '64MB'
set enable_seqscan = off
set enable_indexscan = on
set jit = off
set max_parallel_workers_per_gather = 0
as $$
declare
    v_tenant constant int := current_setting('loyalty.tenant')::int;
    -- The great circle on a sphere of the mean radius of the earth, as Elasticsearch reckons it.
    v_distance constant text := '(2 * 6371008.7714 * asin(least(1, sqrt(power(sin(radians(d.latitude - $8) / 2), 2)
        + cos(radians($8)) * cos(radians(d.latitude)) * power(sin(radians(d.longitude - $9) / 2), 2)))))';
    v_columns text := 'd.id';
    v_names text[] := '{}';
    v_ordering text := '';
    v_where text := '';
    v_same text := 'true';
    v_behind text := 'false';
    v_seen int := 0;
    v_window int;
    v_close text;
    v_from text;
    v_start uuid;
    v_last uuid;
    v_id uuid;
begin
    if p_tenant is distinct from v_tenant then
        raise exception 'search for tenant % inside a transaction of tenant %', p_tenant, v_tenant using errcode = 'insufficient_privilege';
    end if;
    for i in 1 .. coalesce(cardinality(p_bounds), 0) loop
        v_where := v_where || format(' and d.keys[%s] >= coalesce($6[%s], '''') collate "C"', p_bounds[i], i)
            || case when p_ends[i] is null then '' else format(' and d.keys[%s] < $7[%s] collate "C"', p_bounds[i], i) end;
    end loop;
    if p_meters is not null then
        v_where := v_where || format(' and %s <= $10', v_distance);
    end if;
    if p_newer is not null then
        v_where := v_where || ' and d.version > $13';
    end if;
    -- The closest first and nothing to count: each closeness by itself in the order of ids, and no further than the page needs. What
    -- very many have (a common name) is met soon along the ids; what is not met among the first of them few have, and the index finds it.
    if p_order = array[0] and not p_down[1] and not p_count then
        for v_tier in coalesce(p_after[1]::int, 0) .. case when p_whole is null then 0 else 2 end loop
            continue when v_tier = 2 and p_matching = p_begun;
            v_close := case v_tier when 0 then 'd.tokens @@ coalesce($5, $3)' when 1 then 'd.tokens @@ $4 and not d.tokens @@ $5'
                else 'd.tokens @@ $3 and not d.tokens @@ $4' end;
            v_start := case when v_tier::text = p_after[1] then p_after_id end;
            v_window := greatest(2000, 5 * (p_offset + p_limit - v_seen));
            v_last := null;
            for v_step in case when p_newer is null then 1 else 2 end .. 2 loop
                if v_step = 1 then
                    perform set_config('enable_indexscan', 'on', true);
                    v_from := format('(select * from public.search_document d where d.tenant_id = $1 and d.generation = $2%s order by d.id limit %s) d where true',
                        case when v_start is null then '' else ' and d.id > $12' end, v_window);
                    execute 'select d.id from public.search_document d where d.tenant_id = $1 and d.generation = $2 and ($3 is null or d.id > $3)
                        order by d.id offset $4 limit 1' into v_last using v_tenant, p_generation, v_start, v_window - 1;
                else
                    perform set_config('enable_indexscan', case when p_newer is null and p_offset = 0 then 'off' else 'on' end, true);
                    v_from := 'public.search_document d where d.tenant_id = $1 and d.generation = $2'
                        || case when v_start is null then '' else ' and d.id > $12' end;
                end if;
                for v_id in execute format('select d.id from %s and %s%s order by d.id limit $14', v_from, v_close, v_where)
                    using v_tenant, p_generation, p_matching, p_begun, p_whole, p_starts, p_ends,
                        p_latitude, p_longitude, p_meters, p_after, v_start, p_newer, p_offset + p_limit - v_seen
                loop
                    v_seen := v_seen + 1;
                    continue when v_seen <= p_offset;
                    total := null;
                    document := v_id;
                    document_keys := array[v_tier::text];
                    return next;
                end loop;
                exit when v_seen >= p_offset + p_limit or v_step = 1 and v_last is null;
                v_start := v_last;
            end loop;
            exit when v_seen >= p_offset + p_limit;
        end loop;
        return;
    end if;
    for i in 1 .. cardinality(p_order) loop
        v_columns := v_columns || ', ' || case
            when p_order[i] = 0 then 'case when $5 is null or d.tokens @@ $5 then ''0'' when d.tokens @@ $4 then ''1'' else ''2'' end'
            when p_order[i] = -1 then format('lpad(to_hex((%s * 1000)::bigint), 16, ''0'')', v_distance)
            else format('d.keys[%s]', p_order[i]) end || format(' collate "C" as k%s', i);
        v_names := v_names || format('k%s', i);
        v_ordering := v_ordering || format('k%s %s nulls last, ', i, case when p_down[i] then 'desc' else 'asc' end);
        if p_after[i] is not null then
            v_behind := v_behind || format(' or (%s and (k%s %s $11[%s] or k%2$s is null))', v_same, i, case when p_down[i] then '<' else '>' end, i);
        end if;
        v_same := v_same || format(' and k%s is not distinct from $11[%s]', i, i);
    end loop;
    return query execute format(
        'with hit as (select %s from public.search_document d where d.tenant_id = $1 and d.generation = $2 and d.tokens @@ $3%s),
        page as (select * from hit where %s order by %s limit $14 offset $15)
        select %s, page.id, array[%s]::text[] from (values (1)) one left join page on true order by %4$s',
        v_columns, v_where, case when p_after_id is null then 'true' else format('(%s or (%s and id > $12))', v_behind, v_same) end,
        v_ordering || 'id', case when p_count then '(select count(*) from hit)' else 'null::bigint' end, array_to_string(v_names, ', ')
    ) using v_tenant, p_generation, p_matching, p_begun, p_whole, p_starts, p_ends,
        p_latitude, p_longitude, p_meters, p_after, p_after_id, p_newer, p_limit, p_offset;
end
$$;
revoke execute on function search_page from public;
grant execute on function search_page to loyalty_app, loyalty_projector;

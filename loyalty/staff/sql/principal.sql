-- Keys that hold the tenant, so that no row can refer to another tenant's.
alter table staff_user add constraint staff_user_role foreign key (tenant_id, role_id)
    references staff_role (tenant_id, id) deferrable initially deferred;
alter table staff_apitoken add constraint staff_apitoken_user foreign key (tenant_id, user_id)
    references staff_user (tenant_id, id) on delete cascade deferrable initially deferred;
alter table staff_apitoken add constraint staff_apitoken_role foreign key (tenant_id, role_id)
    references staff_role (tenant_id, id) deferrable initially deferred;

-- Who looked at what is never changed.
revoke update, delete on staff_privilegedread from loyalty_app, loyalty_projector;
revoke all on staff_apitoken, staff_signinfailure from loyalty_projector;

-- A token says who calls before any tenant is known, so this one look-up runs as the owner and sees all tenants.
-- It answers only to somebody who holds the token; it notes the day of use once a day.
create function staff_principal(wanted bytea, out tenant_id int, out token_id uuid, out user_id uuid, out permissions text[], out language text)
returns setof record language plpgsql security definer rows 1 set search_path = pg_catalog, pg_temp as $$
declare
    used date;
begin
    select t.tenant_id, t.id, t.user_id, r.permissions, coalesce(u.language, ''), t.last_used
        into tenant_id, token_id, user_id, permissions, language, used
        from public.staff_apitoken t
        left join public.staff_user u on u.tenant_id = t.tenant_id and u.id = t.user_id and u.is_active
        join public.staff_role r on r.tenant_id = t.tenant_id and r.id = coalesce(t.role_id, u.role_id)
        where t.hash = wanted and t.revoked_at is null;
    if not found then
        return;
    end if;
    if used is distinct from current_date then
        update public.staff_apitoken t set last_used = current_date
            where t.tenant_id = staff_principal.tenant_id and t.id = staff_principal.token_id;
    end if;
    return next;
end $$;
revoke all on function staff_principal(bytea) from public, loyalty_projector;
grant execute on function staff_principal(bytea) to loyalty_app;

-- The three roles of the platform, in one place for the embedded server and for production.
-- Run by the superuser, once per server. The caller first sets the passwords for its session:
--   select set_config('bootstrap.owner_password', …, false), … app_password …, … projector_password …
-- loyalty_owner      owns and migrates; sees all tenants' rows, so that migrations validate what is really there; never serves
-- loyalty_app        serves web and worker under row-level security
-- loyalty_projector  reads the log of all tenants by a policy of its own, writes under row-level security
do $$
declare
    wanted record;
begin
    for wanted in
        select * from (values
            ('loyalty_owner', 'createdb bypassrls', current_setting('bootstrap.owner_password')),
            ('loyalty_app', 'nocreatedb nobypassrls', current_setting('bootstrap.app_password')),
            ('loyalty_projector', 'nocreatedb nobypassrls', current_setting('bootstrap.projector_password'))
        ) as roles (name, rights, password)
    loop
        if coalesce(wanted.password, '') = '' then
            raise exception 'the password of % is missing', wanted.name;
        end if;
        if not exists (select from pg_roles where rolname = wanted.name) then
            execute format('create role %I', wanted.name);
        end if;
        execute format('alter role %I login nosuperuser nocreaterole noreplication %s password %L', wanted.name, wanted.rights, wanted.password);
    end loop;
end
$$;

-- The owner drops databases of tests that a dead client still holds.
grant pg_signal_backend to loyalty_owner;

-- A transaction that appended and stays open holds every reader of the log back.
alter role loyalty_app set idle_in_transaction_session_timeout = '10s';
alter role loyalty_app set transaction_timeout = '10s';
alter role loyalty_projector set idle_in_transaction_session_timeout = '10s';
alter role loyalty_projector set transaction_timeout = '10s';

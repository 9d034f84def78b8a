-- The log, the heads of its streams, the commands it holds, the anchors of its past and the keys of the people in it.
create schema event;
comment on schema event is 'Facts. Written only by the functions of this schema.';

create sequence event.position_seq as bigint cache 1;

create table event.event (
    position bigint not null,
    tenant_id int not null,
    stream_id uuid not null,
    version int not null,
    event_id uuid not null,
    name text not null,
    schema_version smallint not null,
    recorded_at timestamptz not null,
    payload json not null,              -- json keeps the exact text: the hash stands on its bytes
    metadata json not null,
    previous_hash bytea not null,       -- 32 zero bytes before the first event of a stream
    hash bytea not null,                -- event.link() of all the above but the position, which belongs to this database
    primary key (position)
) partition by range (position);

create table event.stream (             -- the head of each stream: locked by whoever appends to it
    tenant_id int not null,
    stream_id uuid not null,
    version int not null,
    hash bytea not null,
    first_position bigint not null,     -- lets a load skip older partitions
    last_position bigint not null,
    primary key (tenant_id, stream_id)
) with (fillfactor = 80);

create table event.command (            -- a command is applied once: its row is written by the transaction that applies it
    tenant_id int not null,
    command_id uuid not null,
    first_position bigint not null,
    last_position bigint not null,
    primary key (tenant_id, command_id)
);

create table event.anchor (             -- what the log was at a moment: of the database, so it has no tenant
    id bigint generated always as identity primary key,
    after_position bigint not null,     -- covers the events after this position …
    last_position bigint not null,      -- … up to this one
    events bigint not null,
    hash bytea not null,                -- event.anchor_hash() over the anchor before it and (position, hash) of each event
    made_at timestamptz not null
);

create table event.subject_key (        -- one key for each person that events speak of; without it their personal fields are gone
    tenant_id int not null,
    subject_id uuid not null,
    master_version smallint not null,   -- which master key wraps it
    wrapped_key bytea,
    created_at timestamptz not null default clock_timestamp(),
    destroyed_at timestamptz,
    primary key (tenant_id, subject_id),
    check ((wrapped_key is null) = (destroyed_at is not null))
);

-- By hand: this schema has no default privileges. Partitions get none: a partition named directly would skip its parent's policy.
revoke all on all functions in schema event from public;
grant usage on schema event to loyalty_app, loyalty_projector;
grant select on event.event, event.stream, event.command, event.subject_key to loyalty_app, loyalty_projector;
grant select on event.anchor to loyalty_projector;
grant select on sequence event.position_seq to loyalty_app, loyalty_projector;
grant execute on function event.horizon() to loyalty_app, loyalty_projector;
grant execute on function event.lock_heads(uuid[]) to loyalty_app, loyalty_projector;
grant execute on function event.append(uuid[], int[], uuid[], text[], int[], int[], uuid[], text[], smallint[], text[]) to loyalty_app, loyalty_projector;
grant execute on function event.append_few(uuid[], int[], int[], uuid, text, int[], uuid[], text[], smallint[], text[]) to loyalty_app, loyalty_projector;
grant execute on function event.append_one(uuid, int, uuid, text, uuid, text, smallint, text) to loyalty_app, loyalty_projector;
grant execute on function event.obtain_keys(uuid[], smallint, bytea[]), event.destroy_key(uuid) to loyalty_app, loyalty_projector;
grant execute on function event.add_partitions(int) to loyalty_app, loyalty_projector;
grant execute on function event.add_anchor(int) to loyalty_projector;
grant execute on function
    event.link(bytea, int, uuid, int, uuid, smallint, timestamptz, text, text, text),
    event.anchor_step(bytea, bytea, bigint, bytea), event.anchor_hash(bytea, bigint, bytea) to loyalty_projector;

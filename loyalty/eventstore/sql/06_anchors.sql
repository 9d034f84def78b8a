-- Anchors: the hash of a stretch of the log, chained to the anchor before it.
create function event.anchor_step(state bytea, before bytea, at bigint, hash bytea) returns bytea
language sql immutable parallel safe as $$ select sha256(coalesce(state, before) || int8send(at) || hash) $$;
create aggregate event.anchor_hash(before bytea, at bigint, hash bytea) (sfunc = event.anchor_step, stype = bytea);

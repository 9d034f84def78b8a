\set n :n + 1
\set version :n / 50
insert into plain (tenant_id, stream_id, version, event_id, name, schema_version, recorded_at, payload, metadata, previous_hash, hash) values (1, md5(:run || '/' || :client_id || '/' || :n % 50)::uuid, :version + 1, uuidv7(), 'bench.points_earned', 1, clock_timestamp(), :points::json, :metadata::json, :hash, :hash);

\set n :n + 1
\set version :n / 50
select at, recorded, tenant from event.append_one(md5(:run || '/' || :client_id || '/' || :n % 50)::uuid, :version::int, uuidv7(), :metadata, uuidv7(), 'bench.points_earned', 1::smallint, :points);

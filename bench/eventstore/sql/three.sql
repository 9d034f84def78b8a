\set n :n + 1
\set version 2 * (:n / 50)
select positions, recorded, tenant from event.append_few(array[gen_random_uuid(), md5(:run || '/' || :client_id || '/' || :n % 50)::uuid], array[0, :version]::int[], array[1, 3], uuidv7(), :metadata, array[1, 2, 3], array[uuidv7(), uuidv7(), uuidv7()], array['bench.purchase_recorded', 'bench.points_earned', 'bench.level_reached'], array[1, 1, 1]::smallint[], array[:purchase, :points, :level]);

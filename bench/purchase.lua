-- Purchases for wrk: wrk … -s purchase.lua ADDRESS -- FILE RUN
-- FILE has a line for each thing known: "token …", "customer …", "pos …". RUN makes document numbers and keys of one run its own.
-- Prints one line of JSON in the end.

local threads = 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init(args)
  customers, places, made = {}, {}, 0
  run = args[2] .. "-" .. number
  for line in io.lines(args[1]) do
    local what, value = line:match("^(%S+) (.+)$")
    if what == "customer" then customers[#customers + 1] = value end
    if what == "pos" then places[#places + 1] = value end
    if what == "token" then token = value end
  end
  purchased_at = os.date("!%Y-%m-%dT%H:%M:%SZ", os.time() - 60)
  math.randomseed(number + 1)
  headers = { ["Authorization"] = "Bearer " .. token, ["Content-Type"] = "application/json" }
end

local template = '{"customer_id":"%s","pos":"%s","document_number":"%s","purchased_at":"%s","total":%d,"lines":['
  .. '{"total":%d,"sku":"CF-%02d","name":"Cà phê sữa đá","category":"Cà phê","quantity":"%d","unit_price":"%d"},'
  .. '{"total":%d,"sku":"BM-%02d","name":"Bánh mì","category":"Bánh","quantity":"1","unit_price":"%d"}]}'

function request()
  made = made + 1
  local key = run .. "-" .. made
  local pieces, coffee, bread = math.random(3), math.random(20, 60) * 1000, math.random(15, 40) * 1000
  local customer, place = customers[math.random(#customers)], places[math.random(#places)]
  headers["Idempotency-Key"] = key
  return wrk.format("POST", nil, headers, template:format(
    customer, place, key, purchased_at, pieces * coffee + bread,
    pieces * coffee, math.random(50), pieces, coffee,
    bread, math.random(50), bread))
end

function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"seconds":%.6f,"p50":%.3f,"p95":%.3f,"p99":%.3f,"refused":%d,"broken":%d}\n',
    summary.requests, summary.duration / 1e6,
    latency:percentile(50) / 1000, latency:percentile(95) / 1000, latency:percentile(99) / 1000,
    e.status, e.connect + e.read + e.write + e.timeout))
end

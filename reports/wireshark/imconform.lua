-- SPDX-License-Identifier: MIT
--
-- Shows verdicts in Wireshark and tshark: adds imconform.requirement, imconform.verdict and imconform.reason to the frames
-- that findings of a JSON report (imconform report JOURNAL -o json:REPORT.json) point to. Runs on Wireshark's Lua 5.2.
--   tshark -X lua_script:imconform.lua -X lua_script1:REPORT.json -r EVIDENCE.pcapng -Y imconform.verdict
-- Wireshark itself takes the report's path from the environment: IMCONFORM_JSON. A second argument (or IMCONFORM_FILE) names
-- the capture as the report names it, where the report is of several.

local path, capture = ...
path = path or os.getenv("IMCONFORM_JSON")
capture = capture or os.getenv("IMCONFORM_FILE")
if not path then return end

-- JSON (RFC 8259), as far as a report has it: depth is bounded, and whatever is wrong is an error with its place.
local text, at
local escapes = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t" }

local function fail(what) error(("%s: %s at byte %d"):format(path, what, at), 0) end

local function utf8_of(code)
  if code < 0x80 then return string.char(code) end
  if code < 0x800 then return string.char(0xc0 + math.floor(code / 64), 0x80 + code % 64) end
  return string.char(0xe0 + math.floor(code / 4096), 0x80 + math.floor(code / 64) % 64, 0x80 + code % 64)
end

local function read_text()
  local parts = {}
  at = at + 1
  while true do
    local stop = text:find('["\\]', at) or fail("an open text")
    parts[#parts + 1] = text:sub(at, stop - 1)
    if text:sub(stop, stop) == '"' then
      at = stop + 1
      return table.concat(parts)
    end
    local kind = text:sub(stop + 1, stop + 1)
    if kind == "u" then
      parts[#parts + 1] = utf8_of(tonumber(text:sub(stop + 2, stop + 5), 16) or fail("a bad escape"))
      at = stop + 6
    else
      parts[#parts + 1] = escapes[kind] or kind
      at = stop + 2
    end
  end
end

local function skip() at = text:find("[^ \t\r\n]", at) or fail("an end") end

local read_value

local function read_list(close, depth, read_item)
  local list = {}
  at = at + 1
  skip()
  while text:sub(at, at) ~= close do
    read_item(list, depth)
    skip()
    if text:sub(at, at) == "," then at = at + 1 elseif text:sub(at, at) ~= close then fail("no comma") end
    skip()
  end
  at = at + 1
  return list
end

local function read_member(object, depth)
  local key = read_text()
  skip()
  if text:sub(at, at) ~= ":" then fail("no colon") end
  at = at + 1
  object[key] = read_value(depth + 1)
end

local function read_element(array, depth) array[#array + 1] = read_value(depth + 1) end

function read_value(depth)
  if depth > 20 then fail("too deep") end
  skip()
  local first = text:sub(at, at)
  if first == "{" then return read_list("}", depth, read_member) end
  if first == "[" then return read_list("]", depth, read_element) end
  if first == '"' then return read_text() end
  local word = text:match("^[%w.+-]+", at) or fail("no value")
  at = at + #word
  if word == "true" then return true end
  if word == "false" or word == "null" then return false end
  return tonumber(word) or fail("no number")
end

local function read_report()
  local file = assert(io.open(path, "rb"))
  text, at = file:read("*a"), 1
  file:close()
  return read_value(0)
end

-- Findings by frame.
local frames = {}

local function add(requirement, finding, evidence)
  if not evidence.frame or (capture and evidence.file ~= capture) then return end
  local list = frames[evidence.frame] or {}
  frames[evidence.frame] = list
  local reason = finding.reason ~= "" and finding.reason or finding.seen
  if finding.expected and finding.expected ~= "" then
    reason = ("expected %s, seen %s"):format(finding.expected, finding.seen)
  end
  list[#list + 1] = { requirement.id, finding.verdict, reason or "" }
end

for _, requirement in ipairs(read_report().requirements or {}) do
  for _, finding in ipairs(requirement.findings or {}) do
    if finding.evidence and finding.evidence[1] then add(requirement, finding, finding.evidence[1]) end
  end
end

local imconform = Proto("imconform", "imconform verdict")
local fields = {
  ProtoField.string("imconform.requirement", "Requirement"),
  ProtoField.string("imconform.verdict", "Verdict"),
  ProtoField.string("imconform.reason", "Reason"),
}
imconform.fields = fields

function imconform.dissector(buffer, packet, tree)
  for _, finding in ipairs(frames[packet.number] or {}) do
    local branch = tree:add(imconform, ("imconform: %s %s"):format(finding[1], finding[2]))
    for i = 1, 3 do branch:add(fields[i], finding[i]) end
  end
end

register_postdissector(imconform)

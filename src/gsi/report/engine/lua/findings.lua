-- What the filters find goes to standard error, one JSON object a line, for engine/pandoc.py.

local findings = {}

--- Report a problem of an element (its gsi-line says where) or of a line number.
function findings.add(where, rule, received, remedy, snippet)
  local line = where
  if type(where) ~= 'number' then
    local attributes = where and where.attributes
    line = attributes and tonumber(attributes['gsi-line']) or nil
  end
  io.stderr:write('GSI-HALLAZGO ' .. pandoc.json.encode {
    line = line or 0, rule = rule, received = received or '', remedy = remedy,
    snippet = snippet or '',
  } .. '\n')
end

return findings

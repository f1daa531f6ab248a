-- A writer that writes a document in every format asked for, read once. The environment names the
-- list of formats (GSI_FORMATS, JSON by embedded.py); Pandoc itself writes nothing.
--
-- Each format goes through the filters with its own FORMAT, as if Pandoc had been called for it
-- alone. What depends on no format was already decided by resolve.lua on the way in.

local function filtered(doc, filters, format)
  local globals = setmetatable({ FORMAT = format }, { __index = _G })
  for _, path in ipairs(filters) do
    doc = pandoc.utils.run_lua_filter(doc, path, globals)
  end
  return doc
end

local function options(asked)
  local result = { wrap_text = 'none' }
  for key, value in pairs(asked.options) do result[key] = value end
  if asked.template then
    local text = pandoc.system.read_file(asked.template)
    result.template = pandoc.template.compile(text, asked.template)
  end
  return pandoc.WriterOptions(result)
end

local function write(doc, asked)
  for key, value in pairs(doc.meta['gsi-formats'][asked.name] or {}) do doc.meta[key] = value end
  doc.meta['gsi-formats'] = nil
  local made = pandoc.write(filtered(doc, asked.filters, asked.format), asked.format, options(asked))
  pandoc.system.write_file(asked.output, made)
end

function Writer(doc)
  local list = pandoc.json.decode(pandoc.system.read_file(os.getenv 'GSI_FORMATS'))
  local problems = {}
  for _, asked in ipairs(list) do
    -- A format that fails does not silence what the others find.
    local done, problem = pcall(write, doc:clone(), asked)
    if not done then problems[#problems + 1] = tostring(problem) end
  end
  if #problems > 0 then error(table.concat(problems, '\n')) end
  return ''
end

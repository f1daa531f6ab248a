-- A writer that writes a document in every format asked for, read once. The environment names the
-- task (GSI_FORMATS, JSON by embedded.py); Pandoc itself writes nothing.
--
-- Each format goes through the filters with its own FORMAT, as if Pandoc had been called for it
-- alone. resolve.lua decided on the way in what depends on no format; where nothing does, the text is
-- the same for all and is checked once.

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

local function write(doc, asked, filters)
  for key, value in pairs(doc.meta['gsi-formats'][asked.name] or {}) do doc.meta[key] = value end
  doc.meta['gsi-formats'] = nil
  local made = pandoc.write(filtered(doc, filters, asked.format), asked.format, options(asked))
  pandoc.system.write_file(asked.output, made)
end

function Writer(doc)
  local task = pandoc.json.decode(pandoc.system.read_file(os.getenv 'GSI_FORMATS'))
  local filters = pandoc.List(task.filters)
  if doc.meta['gsi-by-format'] then
    filters = pandoc.List { task.resolve, task.check } .. filters
  else
    doc = filtered(doc, { task.check }, 'json')
    doc.meta['gsi-variables'] = nil
  end
  doc.meta['gsi-by-format'] = nil
  local problems = {}
  for _, asked in ipairs(task.formats) do
    -- A format that fails does not silence what the others find.
    local done, problem = pcall(write, doc:clone(), asked, filters)
    if not done then problems[#problems + 1] = tostring(problem) end
  end
  if #problems > 0 then error(table.concat(problems, '\n')) end
  return ''
end

-- A writer that writes a document in every format asked for, read once. The environment names the
-- task (GSI_FORMATS, JSON by embedded.py); Pandoc itself writes nothing.
--
-- Each format goes through the filters with its own FORMAT, as if Pandoc had been called for it
-- alone. resolve.lua decided on the way in what depends on no format; where nothing does, the text is
-- the same for all, and is checked and numbered once.

local numbers = require 'numbers'

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

-- Checked and numbered; `doc` is what a format shows.
local function ready(doc, task, format)
  doc = filtered(doc, { task.check }, format)
  numbers.count(doc.blocks)
  return doc
end

local function write(doc, asked, task, by_format)
  for key, value in pairs(doc.meta['gsi-formats'][asked.name] or {}) do doc.meta[key] = value end
  doc.meta['gsi-formats'] = nil
  if by_format then
    doc = ready(filtered(doc, { task.resolve }, asked.format), task, asked.format)
  end
  doc = filtered(doc, task.filters, asked.format)
  pandoc.system.write_file(asked.output, pandoc.write(doc, asked.format, options(asked)))
end

function Writer(doc)
  local task = pandoc.json.decode(pandoc.system.read_file(os.getenv 'GSI_FORMATS'))
  for name, path in pairs(task.pictures) do
    pandoc.mediabag.insert(name, 'image/png', pandoc.system.read_file(path))
  end
  local by_format = doc.meta['gsi-by-format']
  if not by_format then
    doc = ready(doc, task, 'json')
  end
  doc.meta['gsi-by-format'] = nil
  local problems = {}
  for _, asked in ipairs(task.formats) do
    -- A format that fails does not silence what the others find.
    local done, problem = pcall(write, doc:clone(), asked, task, by_format)
    if not done then problems[#problems + 1] = tostring(problem) end
  end
  if #problems > 0 then error(table.concat(problems, '\n')) end
  return ''
end

-- Conditional content, metadata values in place of the markers that source.py left, and comments,
-- which are nobody's content.
--
-- It runs twice: on the parse that all formats of a document share, where what
-- depends on the format is left as it is, and for each format on what was left.

local findings = require 'findings'

local meta = {}
local format_names = {
  html = { html = true, html5 = true },
  typst = { typst = true, pdf = true },
  docx = { docx = true, openxml = true },
}
local visible_class, hidden_class = 'content-visible', 'content-hidden'
local shared = FORMAT:match '%.lua$' ~= nil -- formats.lua is the writer then
local by_format = false -- something was left as it is
local conditions = { ['when-format'] = true, ['unless-format'] = true,
                     ['when-meta'] = true, ['unless-meta'] = true }

local function current_format()
  if FORMAT:match 'html' then return 'html' end
  if FORMAT:match 'docx' then return 'docx' end
  return 'typst'
end

local function lookup(root, path)
  local node = root
  for part in path:gmatch '[^.]+' do
    local kind = pandoc.utils.type(node)
    if kind == 'table' or kind == 'Meta' then
      node = node[part]
    elseif kind == 'List' then
      node = node[tonumber(part)]
    else
      return nil
    end
    if node == nil then return nil end
  end
  return node
end

-- Only a true flag counts, as in Quarto; any other value than a flag is a slip worth telling.
local function flag(path, el)
  local value = lookup(meta, path)
  if value ~= nil and type(value) ~= 'boolean' then
    findings.add(el, 'La condición prueba una clave que no es sí o no', path,
      'Use una clave con valor true o false.')
  end
  return value == true
end

local function holds(el)
  local result = true
  for key, value in pairs(el.attributes) do
    if key == 'when-format' then
      result = result and format_names[current_format()][value] == true
    elseif key == 'unless-format' then
      result = result and not format_names[current_format()][value]
    elseif key == 'when-meta' then
      result = result and flag(value, el)
    elseif key == 'unless-meta' then
      result = result and not flag(value, el)
    elseif key ~= 'gsi-line' then
      findings.add(el, 'Condición fuera del subconjunto admitido', key,
        'Use when-format, unless-format, when-meta o unless-meta.')
    end
  end
  return result
end

local function has_condition(el)
  for key in pairs(el.attributes) do
    if conditions[key] then return true end
  end
  return false
end

local function conditional(el)
  local shows, hides = el.classes:includes(visible_class), el.classes:includes(hidden_class)
  if not (shows or hides) then return nil end
  if not has_condition(el) then
    findings.add(el, 'Un bloque condicional necesita su condición', visible_class,
      'Añada when-meta="clave" o when-format="html".')
  end
  if #el.classes > 1 or el.identifier ~= '' then
    findings.add(el, 'Un bloque condicional no lleva otra clase ni identificador',
      table.concat(el.classes, ' '), 'Ponga la otra clase en un bloque interior.')
  end
  return holds(el) == shows
end

local function value_of(root, key, el)
  local value = lookup(root, key)
  local kind = pandoc.utils.type(value)
  if kind == 'Inlines' then return value end
  if kind == 'string' then return pandoc.Inlines(pandoc.Str(value)) end
  if kind == 'boolean' then return pandoc.Inlines(pandoc.Str(tostring(value))) end
  if kind == 'Blocks' and #value == 1 and (value[1].t == 'Para' or value[1].t == 'Plain') then
    return value[1].content
  end
  findings.add(el, 'El valor no es un texto de una línea', key, 'Corrija el valor de la clave.')
  return pandoc.Inlines {}
end

-- A value that this territory does not have is written ⟦falta …⟧; its conditions must hide it.
local function present(value, key, el)
  if value[1] and value[1].t == 'Str' and value[1].text == '⟦falta' then
    findings.add(el, 'El informe muestra un valor que no se calculó para este territorio', key,
      'Enciérrelo en un bloque con when-meta que solo se vea cuando el valor existe.')
    return pandoc.Inlines {}
  end
  return value
end

local function substitute(el)
  if el.classes:includes 'gsi-meta' then
    local key = el.attributes['gsi-key']
    return present(value_of(meta, key, el), key, el)
  elseif el.classes:includes 'gsi-var' then
    return value_of(meta['gsi-variables'], el.attributes['gsi-key'], el)
  end
end

local function depends_on_format(el)
  return el.attributes['when-format'] ~= nil or el.attributes['unless-format'] ~= nil
end

-- Hidden content is never seen by the checks, so outer blocks are decided before inner ones. A value
-- is never looked into.
local resolver = { traverse = 'topdown' }

local function decide(el)
  if shared and depends_on_format(el) then
    by_format = true
    return nil, false
  end
  local shown = conditional(el)
  if shown == nil then return nil end
  return shown and el.content:walk(resolver) or {}, false
end

local function decide_or_substitute(el)
  local value = substitute(el)
  if value then return value, false end
  return decide(el)
end

local function comment(el)
  if el.format == 'html' and el.text:match '^%s*<!%-%-.*%-%->%s*$' then return {} end
end

resolver.Div, resolver.Span = decide, decide_or_substitute
resolver.RawBlock, resolver.RawInline = comment, comment

local function in_metadata(value)
  local kind = pandoc.utils.type(value)
  if kind == 'Inlines' or kind == 'Blocks' then
    return value:walk { Span = substitute }
  end
  return value
end

function Pandoc(doc)
  meta = doc.meta
  doc.blocks = doc.blocks:walk(resolver)
  for _, key in ipairs { 'title', 'subtitle' } do
    if doc.meta[key] then doc.meta[key] = in_metadata(doc.meta[key]) end
  end
  if shared then
    doc.meta['gsi-by-format'] = by_format
  else
    doc.meta['gsi-variables'] = nil
  end
  return doc
end

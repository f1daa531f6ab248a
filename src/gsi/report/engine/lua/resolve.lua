-- Content for some formats, and comments, which are nobody's content.
--
-- It runs twice: on the parse that all formats of a document share, where what
-- depends on the format is left as it is, and for each format on what was left.

local findings = require 'findings'

local format_names = {
  html = { html = true, html5 = true },
  typst = { typst = true, pdf = true },
  docx = { docx = true, openxml = true },
}
local visible_class, hidden_class = 'content-visible', 'content-hidden'
local shared = FORMAT:match '%.lua$' ~= nil -- formats.lua is the writer then
local by_format = false -- something was left as it is
local conditions = { ['when-format'] = true, ['unless-format'] = true }

local function current_format()
  if FORMAT:match 'html' then return 'html' end
  if FORMAT:match 'docx' then return 'docx' end
  return 'typst'
end

local function holds(el)
  local result = true
  for key, value in pairs(el.attributes) do
    if key == 'when-format' then
      result = result and format_names[current_format()][value] == true
    elseif key == 'unless-format' then
      result = result and not format_names[current_format()][value]
    elseif key ~= 'gsi-line' then
      findings.add(el, 'Condición fuera del subconjunto admitido', key,
        'Use when-format o unless-format; lo demás se decide en la plantilla.')
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
      'Añada when-format="html".')
  end
  if #el.classes > 1 or el.identifier ~= '' then
    findings.add(el, 'Un bloque condicional no lleva otra clase ni identificador',
      table.concat(el.classes, ' '), 'Ponga la otra clase en un bloque interior.')
  end
  return holds(el) == shows
end

local function depends_on_format(el)
  return el.attributes['when-format'] ~= nil or el.attributes['unless-format'] ~= nil
end

-- Hidden content is never seen by the checks, so outer blocks are decided before inner ones.
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

local function comment(el)
  if el.format == 'html' and el.text:match '^%s*<!%-%-.*%-%->%s*$' then return {} end
end

resolver.Div, resolver.Span = decide, decide
resolver.RawBlock, resolver.RawInline = comment, comment

function Pandoc(doc)
  doc.blocks = doc.blocks:walk(resolver)
  if shared then doc.meta['gsi-by-format'] = by_format end
  return doc
end

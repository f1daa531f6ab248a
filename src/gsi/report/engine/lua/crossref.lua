-- Cross references, floats, callouts, columns and page breaks, labelled as Quarto does under
-- `lang: es`. Runs after check.lua, so every element here belongs to the subset.
--
-- Walking a whole document costs more than what is done on the way: there is one walk, from the top
-- down. What a function returns is not given to it or to another one again; only what is inside it
-- is. So blocks that come out of their container are walked before they do.

local findings = require 'findings'
local numbers = require 'numbers' -- counted by formats.lua

local label = { fig = 'Figura', tbl = 'Tabla', sec = 'Sección', eq = 'Ecuación' }
local callout_title = { note = 'Nota', tip = 'Tip', warning = 'Advertencia',
                        important = 'Importante', caution = 'Precaución' }
local nbsp = '\u{a0}'
local html, typst, docx = FORMAT:match 'html' ~= nil, FORMAT == 'typst', FORMAT:match 'docx' ~= nil
local index = numbers.index -- identifier -> its number, as written
local numbered = false

local function raw(text) return pandoc.RawBlock('typst', text) end
local function raw_inline(text) return pandoc.RawInline('typst', text) end

local function typst_string(text)
  return '"' .. text:gsub('\\', '\\\\'):gsub('"', '\\"') .. '"'
end

-- References ----------------------------------------------------------------------------------------

local function reference(el)
  local citation = el.citations[1]
  local id, line = citation.id:match '^(.-):gsi(%d+)$'
  id = id or citation.id
  line = tonumber(line)
  local kind = id:match '^(%a+)%-'
  if #el.citations > 1 or citation.mode ~= 'AuthorInText' or #citation.suffix > 0 then
    findings.add(line, 'Referencia fuera del subconjunto admitido', '@' .. id,
      'Escriba @' .. id .. ' sin corchetes, una por una.', '@' .. id)
    return nil
  end
  if not label[kind] then
    findings.add(line, 'Los informes no llevan citas bibliográficas', '@' .. id,
      'Escriba \\@ si es texto, o una nota al pie.', '@' .. id)
    return nil
  end
  if not index[id] or (kind == 'sec' and not numbered) then
    local unnumbered = index[id] == false or (index[id] and not numbered)
    findings.add(line, unnumbered and 'La sección no tiene número' or 'La referencia no existe',
      '@' .. id, 'Corrija el identificador o quite la referencia.', '@' .. id)
    return nil
  end
  local text = label[kind] .. nbsp .. index[id]
  if typst then
    return pandoc.Inlines { raw_inline('#link(<' .. id .. '>)['), pandoc.Str(text), raw_inline ']' }
  end
  return pandoc.Link({ pandoc.Str(text) }, '#' .. id, '', { class = 'quarto-xref' })
end

local function forget_line(el)
  el.attributes['gsi-line'] = nil
  return el
end

-- Floats --------------------------------------------------------------------------------------------

local function caption_with_label(kind, id, blocks)
  local content = pandoc.utils.blocks_to_inlines(blocks)
  if not typst then
    content = pandoc.Inlines { pandoc.Str(label[kind] .. nbsp .. index[id] .. ':'), pandoc.Space() }
      .. content
  end
  return content
end

local function image_for_format(el)
  local alt = el.attributes['fig-alt'] or ''
  local width = el.attributes.width
  el.attributes['fig-alt'] = nil
  forget_line(el)
  if typst then
    local size = width and width:match '^%d+%.?%d*%%$'
    return raw_inline('#image(' .. typst_string(el.src) .. ', alt: ' .. typst_string(alt)
      .. (size and ', width: ' .. size or '') .. ')')
  end
  if docx and el.src:match '%.svg$' then el.src = el.src .. '.png' end
  el.caption = { pandoc.Str(alt) }
  return el
end

local function typst_float(kind, id, body, caption, position)
  local blocks = pandoc.Blocks { raw '#figure([' }
  blocks:extend(body)
  blocks:insert(raw('], caption: figure.caption(position: ' .. position .. ', ['))
  blocks:insert(pandoc.Plain(caption))
  blocks:insert(raw(']), kind: "quarto-float-' .. kind .. '", supplement: "' .. label[kind]
    .. '", numbering: "1")<' .. id .. '>'))
  return blocks
end

local function figure(el)
  local caption = caption_with_label('fig', el.identifier, el.caption.long)
  if typst then return typst_float('fig', el.identifier, el.content, caption, 'bottom') end
  el.classes = html and { 'quarto-float', 'quarto-float-fig' } or {}
  el.caption = pandoc.Caption { pandoc.Plain(caption) }
  return el
end

local function column_widths(el)
  local text = el.attributes['tbl-colwidths']
  if not text then return end
  el.attributes['tbl-colwidths'] = nil
  local values, total = {}, 0
  for value in text:gmatch '[%d.]+' do
    values[#values + 1] = tonumber(value)
    total = total + tonumber(value)
  end
  if #values ~= #el.colspecs or total == 0 then
    findings.add(el, 'tbl-colwidths necesita un ancho por columna', text,
      'Escriba ' .. #el.colspecs .. ' números.')
    return
  end
  for column, spec in ipairs(el.colspecs) do
    el.colspecs[column] = { spec[1], values[column] / total }
  end
end

local function table_block(el)
  column_widths(el)
  forget_line(el)
  local id = el.identifier
  if typst then
    el.classes = { 'typst:no-figure' }
    if id == '' then return el end
    local caption = caption_with_label('tbl', id, el.caption.long)
    el.caption, el.identifier = pandoc.Caption(), ''
    return typst_float('tbl', id, { el }, caption, 'top')
  end
  if id ~= '' then
    el.caption = pandoc.Caption { pandoc.Plain(caption_with_label('tbl', id, el.caption.long)) }
  end
  return el
end

-- PDF/UA wants every formula in words; its TeX source is what can be said of any formula.
local function spoken(math, label_of)
  local alt = math.text:gsub('%s+', ' '):gsub('^ ', ''):gsub(' $', '')
  local settings = 'alt: ' .. typst_string(alt) .. (label_of and ', numbering: "(1)"' or '')
  return { raw_inline('#[#set math.equation(' .. settings .. ')\n'), math,
           raw_inline((label_of and '<' .. label_of .. '>' or '') .. ']') }
end

local function equations(inlines)
  local result = pandoc.Inlines {}
  local position = 1
  while position <= #inlines do
    local el = inlines[position]
    local id, at
    if el.t == 'Math' then id, at = numbers.equation_id(inlines, position) end
    if el.t == 'Math' and typst then
      result:extend(spoken(el, id))
    elseif id then
      el.text = el.text:gsub('%s+$', '') .. ' \\qquad(' .. index[id] .. ')'
      result:insert(pandoc.Span({ el }, { id = id }))
    else
      result:insert(el)
    end
    position = (at or position) + 1
  end
  return result
end

-- Blocks ----------------------------------------------------------------------------------------------

local labelled = { traverse = 'topdown' }

local function callout(el, kind)
  local content, title = el.content:walk(labelled), nil
  if content[1] and content[1].t == 'Header' then
    title = content[1].content
    content:remove(1)
  end
  title = title or pandoc.Inlines { pandoc.Str(el.attributes.title or callout_title[kind]) }
  if typst then
    local blocks = pandoc.Blocks { raw '#callout(title: [', pandoc.Plain(title), raw '], body: [' }
    blocks:extend(content)
    blocks:insert(raw('], kind: "' .. kind .. '")'))
    return blocks
  elseif docx then
    -- A one-cell table, as Quarto makes of a callout; the style is the project's.
    local cell = pandoc.Blocks { pandoc.Para { pandoc.Strong(title) } } .. content
    local box = pandoc.utils.from_simple_table(
      pandoc.SimpleTable({}, { 'AlignDefault' }, { 1 }, {}, { { cell } }))
    box.attributes['custom-style'] = 'Recuadro'
    return box
  end
  local head = pandoc.Div({ pandoc.Plain(title) }, { class = 'callout-title' })
  return pandoc.Div({ head, table.unpack(content) }, { class = 'callout callout-' .. kind, role = 'note' })
end

local function columns(el)
  local count = tonumber(el.attributes['layout-ncol'])
  if docx then return el.content:walk(labelled) end
  if html then
    return pandoc.Div(el.content:walk(labelled),
      { class = 'quarto-layout-panel', style = 'grid-template-columns: repeat(' .. count .. ', 1fr);' })
  end
  local blocks = pandoc.Blocks { raw('#grid(columns: (1fr,) * ' .. count .. ', gutter: 1.2em,') }
  for _, block in ipairs(el.content) do
    blocks:insert(raw '[')
    blocks:extend(pandoc.Blocks { block }:walk(labelled))
    blocks:insert(raw '],')
  end
  blocks:insert(raw ')')
  return blocks
end

local function page_break()
  if typst then return raw '#pagebreak(weak: true)' end
  if docx then return pandoc.RawBlock('openxml', '<w:p><w:r><w:br w:type="page"/></w:r></w:p>') end
  return pandoc.Div({}, { class = 'salto-de-pagina' })
end

local function div(el)
  local first = el.classes[1] or ''
  if first == 'gsi-pagebreak' then return page_break(), false end
  if el.attributes['layout-ncol'] then return columns(el), false end
  local kind = first:match '^callout%-(%a+)$'
  if kind then return callout(el, kind), false end
  return forget_line(el)
end

local function heading(el)
  local number = index[el.identifier]
  if docx and numbered and number then
    local text = el.level == 1 and number .. '.' or number
    el.content = pandoc.Inlines { pandoc.Str(text), pandoc.Space() } .. el.content
  end
  return forget_line(el)
end

labelled.Cite, labelled.Image, labelled.Figure, labelled.Table = reference, image_for_format, figure, table_block
labelled.Div, labelled.Header = div, heading
labelled.Span, labelled.Link, labelled.CodeBlock = forget_line, forget_line, forget_line
labelled.Inlines = numbers.formulas and equations or nil

function Pandoc(doc)
  numbered = doc.meta['gsi-number-sections'] == true
  doc.meta['gsi-number-sections'] = nil
  doc.blocks = doc.blocks:walk(labelled)
  doc.meta['toc-title'] = doc.meta['toc-title'] or pandoc.MetaString 'Tabla de contenidos'
  return doc
end

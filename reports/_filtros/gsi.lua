-- The reports' own blocks and the tables' accessibility, the same with Quarto and with the embedded
-- engine. It runs after the engine's own filters (`filters: [quarto, …]`).

local blocks = { decision = 'Decision', hecho = 'Hecho', aviso = 'Aviso',
                 ['sin-dato'] = 'SinDato', ejemplo = 'Ejemplo' }
local html, typst, docx = FORMAT:match 'html' ~= nil, FORMAT == 'typst', FORMAT:match 'docx' ~= nil
local untitled = 0

-- In Word a block is a one-cell table in a style of its own: lists and paragraphs keep their styles.
-- The empty paragraph after it keeps Word from joining two blocks, or a block and a table.
local function boxed(content, style)
  local box = pandoc.utils.from_simple_table(
    pandoc.SimpleTable({}, { 'AlignDefault' }, { 1 }, {}, { { content } }))
  box.attributes['custom-style'] = style
  local gap = pandoc.Div({ pandoc.Para { pandoc.Str '\u{a0}' } }, { ['custom-style'] = 'Separador' })
  return { box, gap }
end

-- Quarto hands over a titled table or figure already laid out for the format, its title outside of
-- it. Given back as Pandoc's own element, both engines write it alike: in HTML the title is the
-- table's caption; in Word the table stands by itself, where its heading row repeats, and not in a
-- one-cell table that centres its cells.
local function first(blocks, kind)
  local found
  blocks:walk { [kind] = function(el) found = found or el end }
  return found
end

-- The title among the blocks of a float: what Quarto marks as such in the format.
local function title_of(blocks)
  local title
  local function after_mark(content)
    for position, el in ipairs(content) do
      local opens = el.t == 'RawBlock' and el.text:match '^%s*<figcaption'
      if opens and content[position + 1] then title = content[position + 1].content end
      local styled = el.t == 'Para' and el.content[1] and el.content[1].t == 'RawInline'
        and el.content[1].text:match 'w:val="ImageCaption"'
      if styled then
        title = el.content:clone()
        title:remove(1)
      end
    end
  end
  after_mark(blocks)
  blocks:walk { Blocks = after_mark }
  return title
end

-- Word's alternative text is the picture's caption.
local function described(picture)
  local alt = picture.attributes['fig-alt'] or picture.attributes.alt
  picture.attributes['fig-alt'], picture.attributes.alt = nil, nil
  if alt then picture.caption = { pandoc.Str(alt) } end
  return picture
end

local function native(float)
  local title = title_of(float.content)
  local data, picture = first(float.content, 'Table'), first(float.content, 'Image')
  if not title then return nil end
  local caption = pandoc.Caption { pandoc.Plain(title) }
  if data then
    data.caption, data.identifier = caption, float.identifier
    return data
  elseif picture then
    return pandoc.Figure({ pandoc.Plain { described(picture) } }, caption, { id = float.identifier })
  end
end

local function unfloated(el)
  if html and el.identifier:match '^tbl%-' and el.classes:includes 'quarto-float' then
    return native(el)
  elseif docx and el.identifier:match '^%a+%-' then
    return native(el)
  end
end

-- A one-cell table without heading that is none of our blocks holds a float, or a column of them.
local function unwrapped(el)
  local rows = #el.bodies == 1 and #el.head.rows == 0 and el.bodies[1].body or {}
  if #rows == 1 and #rows[1].cells == 1 and not el.attributes['custom-style'] then
    return rows[1].cells[1].contents
  end
end

local function own_block(el)
  local name = el.classes[1]
  local style = blocks[name or '']
  if not style then return nil end
  if html then
    el.attributes.role = 'note'
    return el
  elseif docx then
    return boxed(el.content, style)
  elseif typst then
    local result = pandoc.Blocks { pandoc.RawBlock('typst', '#bloque("' .. name .. '")[') }
    result:extend(el.content)
    result:insert(pandoc.RawBlock('typst', ']'))
    return result
  end
end

local function scope(rows, value)
  for _, row in ipairs(rows) do
    for _, cell in ipairs(row.cells) do
      cell.attributes.scope = value
    end
  end
end

-- A wide table scrolls inside its own region, which the keyboard can reach.
local function accessible_table(el)
  scope(el.head.rows, 'col')
  for _, body in ipairs(el.bodies) do
    if body.row_head_columns == 0 and #el.colspecs > 1 then body.row_head_columns = 1 end
    for _, row in ipairs(body.body) do
      if row.cells[1] and body.row_head_columns > 0 then
        row.cells[1].attributes.scope = 'row'
      end
    end
  end
  local name = pandoc.utils.stringify(el.caption.long)
  if name == '' then
    untitled = untitled + 1
    name = 'Tabla sin título ' .. untitled
  else
    local label = pandoc.utils.blocks_to_inlines(el.caption.long)
    el.caption.long = { pandoc.Plain { pandoc.Span(label, { class = 'rotulo' }) } }
  end
  -- Attributes as a list: a Lua table has no order, and the same report must be the same bytes.
  local attributes = { { 'role', 'region' }, { 'tabindex', '0' },
    { 'aria-label', name } }
  local classes = { 'tabla-desplazable' }
  if #el.colspecs > 4 then
    classes[2] = 'tabla-ancha'
    attributes[4] = { 'style', '--columnas: ' .. #el.colspecs }
  end
  return pandoc.Div({ el }, pandoc.Attr('', classes, attributes))
end

-- Pandoc leaves «- » or «1. » bare at the start of a Typst content block (a table cell, a bold text),
-- where Typst would read a list. An empty content before it keeps it as text.
local function no_list_by_accident(inlines)
  local first, second = inlines[1], inlines[2]
  if first and first.t == 'Str' and second and second.t == 'Space'
      and (first.text:match '^[-+/]$' or first.text:match '^=+$' or first.text:match '^%d+%.$') then
    inlines:insert(1, pandoc.RawInline('typst', '#[]'))
    return inlines
  end
end

-- A name that ends in a point («Bogotá, D.C.») ends a sentence with that point alone.
local function ends_in_point(el)
  if el.t == 'Str' then return el.text:match '%a%.$' ~= nil end
  local inner = el.content
  return (el.t == 'Span' or el.t == 'Strong' or el.t == 'Emph') and #inner > 0
    and ends_in_point(inner[#inner])
end

local function one_point(inlines)
  for position, el in ipairs(inlines) do
    if el.t == 'Str' then
      el.text = el.text:gsub('(%a)%.%.$', '%1.')
      local before = inlines[position - 1]
      if before and el.text:match '^%.[^.]?' and not el.text:match '^%.%.' and ends_in_point(before) then
        el.text = el.text:sub(2)
      end
    end
  end
  return inlines
end

-- Asked of the whole text first: handing every text to Lua takes longer than all the rest.
local function whole(doc)
  if pandoc.utils.stringify(doc.blocks):match '%a%.%.' then return doc:walk { Inlines = one_point } end
end

local passes = {
  { Pandoc = whole },
  { Inlines = typst and no_list_by_accident or nil, Div = own_block,
    Table = html and accessible_table or nil },
}
-- The embedded engine makes no such floats.
if quarto then
  table.insert(passes, 2, { Div = unfloated })
  if docx then table.insert(passes, 3, { Table = unwrapped }) end
end
return passes

-- The subset: anything Quarto would understand and this engine would not is a finding, not a loss.

local findings = require 'findings'

local function set(...)
  local result = {}
  for _, name in ipairs { ... } do result[name] = true end
  return result
end

local own_blocks = set('decision', 'hecho', 'aviso', 'sin-dato', 'ejemplo')
local callouts = set('callout-note', 'callout-tip', 'callout-warning', 'callout-important',
  'callout-caution')
local callout_attributes = set('title', 'collapse', 'icon')
local div_classes = 'decision, hecho, aviso, sin-dato, ejemplo, content-visible, content-hidden, callout-…'

local function attributes(el, allowed, what)
  for key, value in pairs(el.attributes) do
    if key ~= 'gsi-line' and not allowed[key] then
      findings.add(el, 'Atributo fuera del subconjunto admitido en ' .. what,
        key .. '="' .. value .. '"', 'Quite el atributo o escríbalo de otra forma.')
    end
  end
end

local function classes(el, allowed, what, remedy)
  for _, name in ipairs(el.classes) do
    if not allowed[name] then
      findings.add(el, 'Clase fuera del subconjunto admitido en ' .. what, '.' .. name, remedy)
    end
  end
end

local function exists(path)
  local file = io.open(path, 'rb')
  if file then file:close() end
  return file ~= nil
end

local function image(el)
  attributes(el, set('fig-alt', 'width'), 'una imagen')
  classes(el, {}, 'una imagen', 'Quite la clase.')
  if (el.attributes['fig-alt'] or '') == '' then
    findings.add(el, 'Toda imagen lleva texto alternativo', el.src, 'Añada fig-alt="…".', el.src)
  end
  if el.src:match '^%a[%w+.-]*:' then
    findings.add(el, 'La imagen debe ser un archivo del proyecto', el.src, 'Cópiela al proyecto.',
      el.src)
  elseif not exists(el.src) then
    findings.add(el, 'No existe la imagen', el.src, 'Genere la figura o corrija la ruta.', el.src)
  end
end

local function figure(el)
  local inner = el.content[1] and el.content[1].content and el.content[1].content[1]
  if not el.identifier:match '^fig%-' then
    findings.add(inner, 'Toda figura lleva su identificador', el.identifier, 'Añada {#fig-nombre}.',
      inner and inner.src or '')
  end
  if #el.caption.long == 0 then
    findings.add(inner, 'Toda figura lleva título', el.identifier, 'Escríbalo entre corchetes.')
  end
end

local function table_block(el)
  attributes(el, set('tbl-colwidths'), 'una tabla')
  classes(el, {}, 'una tabla', 'Quite la clase.')
  local captioned = #el.caption.long > 0
  if el.identifier ~= '' and not el.identifier:match '^tbl%-' then
    findings.add(el, 'El identificador de una tabla empieza por tbl-', el.identifier,
      'Escriba {#tbl-nombre}.')
  elseif captioned and el.identifier == '' then
    local text = pandoc.utils.stringify(el.caption.long)
    findings.add(el, 'Toda tabla con título lleva su identificador', text, 'Añada {#tbl-nombre}.',
      text:sub(1, 20))
  elseif el.identifier ~= '' and not captioned then
    findings.add(el, 'Toda tabla con identificador lleva título', el.identifier,
      'Escriba «: Título {#' .. el.identifier .. '}».')
  end
  if #el.head.rows == 0 then
    findings.add(el, 'Toda tabla lleva fila de encabezado', el.identifier, 'Escriba los encabezados.')
  end
end

local function div(el)
  local known = 0
  for _, name in ipairs(el.classes) do
    if own_blocks[name] or name == 'gsi-pagebreak' then
      known = known + 1
      attributes(el, {}, 'un bloque')
    elseif callouts[name] then
      known = known + 1
      attributes(el, callout_attributes, 'un recuadro')
    else
      findings.add(el, 'Clase de bloque fuera del subconjunto admitido', '.' .. name,
        'Use ' .. div_classes .. '.', name)
    end
  end
  if el.attributes['layout-ncol'] then
    known = known + 1
    attributes(el, set('layout-ncol'), 'un bloque en columnas')
    local columns = tonumber(el.attributes['layout-ncol'])
    if not (columns and columns >= 1 and columns <= 4) then
      findings.add(el, 'layout-ncol es un número de 1 a 4', el.attributes['layout-ncol'], 'Corríjalo.')
    end
    for _, block in ipairs(el.content) do
      if block.t ~= 'Figure' then
        findings.add(el, 'En un bloque en columnas solo van figuras', block.t, 'Saque lo demás.')
      end
    end
  end
  if known ~= 1 and #el.classes < 2 then
    findings.add(el, 'Un bloque lleva una clase del subconjunto admitido', el.identifier,
      'Use ' .. div_classes .. '.', el.identifier ~= '' and ('#' .. el.identifier) or ':::')
  elseif #el.classes > 1 then
    findings.add(el, 'Un bloque lleva una sola clase', table.concat(el.classes, ' '),
      'Anide un bloque en otro.')
  end
  if el.identifier ~= '' and #el.classes > 0 then
    findings.add(el, 'Un bloque no lleva identificador', '#' .. el.identifier,
      'Las referencias van a figuras, tablas, secciones y ecuaciones.')
  end
  for index, block in ipairs(el.content) do
    local titles = callouts[el.classes[1] or ''] and index == 1
    if block.t == 'Header' and not titles then
      findings.add(el, 'Un título de sección no va dentro de un bloque',
        pandoc.utils.stringify(block), 'Use **negrita** o saque el título.')
    end
  end
end

-- An attribute list that Pandoc did not attach to anything stays as text, our line in it: say so.
-- Handing every word to Lua is dear, so it is first asked of the whole text whether there is any.
local function leftover(inlines)
  for position, el in ipairs(inlines) do
    if el.t == 'Str' and el.text:match 'gsi%-line=$' then
      local value = pandoc.utils.stringify(inlines[position + 1] or pandoc.Str ''):gsub('%D', '')
      local text = pandoc.utils.stringify(inlines):match '{[^{}]*gsi%-line' or '{'
      findings.add(tonumber(value), 'Estas llaves no van junto a ningún elemento',
        text:gsub(' gsi%-line$', '}'), 'Péguelas a su elemento, sin espacio, o escriba \\{ si es texto.')
    end
  end
end

local function unsupported(name)
  return function(el)
    local text = el.text or pandoc.utils.stringify(el)
    findings.add(el, 'Elemento fuera del subconjunto admitido: ' .. name, text:sub(1, 60),
      'Escríbalo con Markdown admitido (véase docs/quarto.md).', text:match '[^\n]+')
  end
end

local function raw(el)
  unsupported('código en bruto (' .. el.format .. ')')(el)
end

function Pandoc(doc)
  -- Notes are not part of a text's own words.
  local notes = {}
  doc.blocks:walk {
    traverse = 'topdown',
    Image = image, Figure = figure, Table = table_block, Div = div, RawBlock = raw, RawInline = raw,
    Note = function(el) notes[#notes + 1] = pandoc.utils.stringify(el.content) end,
    Header = function(el)
      attributes(el, {}, 'un título')
      classes(el, set('unnumbered', 'unlisted'), 'un título', 'Use .unnumbered o quítela.')
    end,
    Span = function(el)
      attributes(el, {}, 'un texto entre corchetes')
      classes(el, {}, 'un texto entre corchetes', 'Use .content-visible o .content-hidden.')
      if el.identifier ~= '' then
        findings.add(el, 'Un texto entre corchetes no lleva identificador', '#' .. el.identifier,
          'Quite el identificador.')
      end
    end,
    Link = function(el)
      attributes(el, {}, 'un enlace')
      classes(el, {}, 'un enlace', 'Quite la clase.')
    end,
    LineBlock = unsupported 'líneas en verso',
    Underline = unsupported 'subrayado',
    SmallCaps = unsupported 'versalitas',
  }
  local words = pandoc.utils.stringify(doc.blocks) .. '\n' .. table.concat(notes, '\n')
  if words:find('gsi-line=', 1, true) then doc.blocks:walk { Inlines = leftover } end
end

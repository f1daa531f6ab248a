-- The numbers of sections, figures, tables and equations, in reading order: the same in every format
-- that shows the same text, so they are counted once for all of those.

local findings = require 'findings'

local numbers = {
  index = {},       -- identifier -> its number, as written; false: a section without one
  formulas = false, -- whether there is any; handing every list of inlines to Lua is dear without
}

local function define(identifier, number, el)
  if numbers.index[identifier] then
    findings.add(el, 'El identificador está repetido', '#' .. identifier, 'Use uno distinto.',
      '#' .. identifier)
  end
  numbers.index[identifier] = number
end

--- The identifier written after the formula at a position, and where it stands.
function numbers.equation_id(inlines, position)
  for after = position + 1, math.min(position + 2, #inlines) do
    local el = inlines[after]
    local id = el.t == 'Str' and el.text:match '^{#(eq%-[%w_-]+)}$'
    if id then return id, after end
  end
end

-- The first heading of a callout is its title, not a section.
local function without_title(el)
  if (el.classes[1] or ''):match '^callout%-' and el.content[1] and el.content[1].t == 'Header' then
    local rest = el.content:clone()
    rest:remove(1)
    return pandoc.Div(rest)
  end
end

local function count_equations(blocks)
  local count = 0
  blocks:walk {
    traverse = 'topdown',
    Div = without_title,
    Inlines = function(inlines)
      for position, el in ipairs(inlines) do
        local id = el.t == 'Math' and numbers.equation_id(inlines, position)
        if id then
          count = count + 1
          define(id, tostring(count))
        end
      end
    end,
  }
end

--- Count a document anew.
function numbers.count(blocks)
  numbers.index, numbers.formulas = {}, false
  local counts = { fig = 0, tbl = 0 }
  local levels = {}
  local function next_of(kind)
    counts[kind] = counts[kind] + 1
    return tostring(counts[kind])
  end
  blocks:walk {
    traverse = 'topdown',
    Div = without_title,
    Header = function(el)
      if el.classes:includes 'unnumbered' then
        numbers.index[el.identifier] = false
        return
      end
      levels[el.level] = (levels[el.level] or 0) + 1
      for deeper = el.level + 1, 6 do levels[deeper] = 0 end
      local parts = {}
      for level = 1, el.level do parts[level] = tostring(levels[level] or 0) end
      define(el.identifier, table.concat(parts, '.'), el)
    end,
    Figure = function(el) define(el.identifier, next_of 'fig', el.content[1].content[1]) end,
    Table = function(el)
      if el.identifier ~= '' then define(el.identifier, next_of 'tbl', el) end
    end,
    Math = function() numbers.formulas = true end,
  }
  if numbers.formulas then count_equations(blocks) end
end

return numbers

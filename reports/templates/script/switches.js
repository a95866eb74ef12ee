// Another way of counting: what the switches say, and every figure that can be taken again written anew.
var PLAIN = { staff: true, net: true, capital: false, prices: "real", inflation: 0, rate: null };

function makeSwitches() {
  var cells = all("[data-figure]").filter(function (c) { return inside.draws.figures[c.dataset.figure]; });
  cells.forEach(function (cell) { cell.parts = figureParts(cell); cell.printed = cell.parts.map(function (p) { return p.textContent; }); });
  var forms = all("form.switches");
  forms.forEach(function (form) {
    form.hidden = false;
    form.addEventListener("input", function (event) { follow(form, event.target); apply(forms, form, cells); });
    form.addEventListener("submit", function (event) { event.preventDefault(); });
    all("[data-reset]", form).forEach(function (button) {
      button.addEventListener("click", function () { form.reset(); apply(forms, form, cells); });
    });
    outputs(form);
  });
  window.roomfold = { recomputed: function (lang, how) { return recomputed(lang, Object.assign({}, PLAIN, how)); } };
}

// Moving a slider chooses what it is for.
function follow(form, control) {
  if (control.name === "inflation") { form.elements.prices.value = "set"; }
  if (control.name === "rate") { form.elements.discount.value = "set"; }
}

function percent(lang, rate) { return number(lang, rate * 100, 1) + "%"; }

function outputs(form) {
  var lang = form.closest("main").lang;
  ["inflation", "rate"].forEach(function (name) {
    form.querySelector("output[data-of=" + name + "]").textContent = percent(lang, form.elements[name].value / 100);
  });
}

function chosen(form) {
  var e = form.elements;
  return {
    staff: e.staff.checked, net: e.net.checked, capital: e.capital.checked, prices: e.prices.value,
    inflation: e.inflation.value / 100, rate: e.discount.value === "set" ? e.rate.value / 100 : null
  };
}

function apply(forms, form, cells) {
  forms.forEach(function (other) {
    if (other !== form) {
      all("input, select", other).forEach(function (control, i) {
        var mine = all("input, select", form)[i];
        if (control.type === "checkbox") { control.checked = mine.checked; } else { control.value = mine.value; }
      });
    }
    outputs(other);
  });
  var how = chosen(form), plain = isPlain(how), found = {};
  cells.forEach(function (cell) {
    var id = cell.dataset.figure, lang = cell.closest("main").lang;
    if (!plain && !found[id]) { found[id] = taken(inside.draws.figures[id], how); }
    write(cell, plain ? cell.printed : texts(inside.draws.figures[id], lang, found[id], cell), how, plain);
  });
  all(".altered-note").forEach(function (note) {
    note.hidden = plain;
    note.querySelector("[data-say]").textContent = plain ? "" : described(note.closest("main").lang, how);
  });
}

function isPlain(how) {
  return how.staff && how.net && !how.capital && how.prices === "real" && how.rate === null;
}

function taken(recipe, how) {
  var worlds = values(recipe, how);
  return worlds && { worlds: worlds, span: quantiles(recipe, worlds) };
}

// Parts of a cell or row that hold its figures: P10, P50, P90; of a claim also share below and verdict.
function figureParts(cell) { return all("[data-part]", cell); }

function texts(recipe, lang, found, cell) {
  var said = { low: "–", mid: "–", high: "–", range: "–", below: "–", verdict: "–" };
  if (found) {
    var ends = found.span.map(function (value) { return figureText(recipe, lang, value); });
    said = { low: ends[0], mid: ends[1], high: ends[2], range: say(lang, "range", { low: ends[0], high: ends[2] }) };
    if (recipe.fixed) { judge(said, recipe, lang, found); }
  }
  return cell.parts.map(function (part) { return said[part.dataset.part]; });
}

// The published figure beside the range, as reports/claims.py judges it.
function judge(said, recipe, lang, found) {
  var published = recipe.published, over = Math.max(0, published - found.span[2]);
  var under = recipe.most ? 0 : Math.max(0, found.span[0] - published);
  var below = found.worlds.reduce(function (n, v) { return n + (v < published) + (v === published) / 2; }, 0);
  said.below = number("zh", 100 * below / found.worlds.length, 0) + "%";
  said.inside = over === 0 && under === 0;
  var key = recipe.used ? "used" : said.inside ? "inside" : over > under ? "above" : "under";
  said.verdict = say(lang, key, { distance: moneyCell(lang, Math.abs(over - under)) });
}

function write(cell, said, how, plain) {
  cell.parts.forEach(function (part, i) {
    var changed = part.textContent !== said[i] || (!plain && cell.printed[i] !== said[i]);
    part.textContent = said[i];
    part.classList.toggle("altered", !plain && changed);
    if (part.dataset.part === "verdict") { part.className = part.className.replace(/\b(inside|outside|used)\b/, verdictClass(cell, said[i])); }
  });
  var recipe = inside.draws.figures[cell.dataset.figure], same = recipe.fixed && !plain;
  Object.keys(recipe.switches || {}).forEach(function (name) {
    if (name in how && Boolean(recipe.switches[name]) !== how[name]) { same = false; }
  });
  cell.classList.toggle("chosen", Boolean(same));
  if (same) { cell.title = say(cell.closest("main").lang, "chosen", {}); } else { cell.removeAttribute("title"); }
}

function verdictClass(cell, text) {
  var lang = cell.closest("main").lang, words = inside.words[lang];
  return text === words.used ? "used" : text === words.inside ? "inside" : "outside";
}

function described(lang, how) {
  var parts = ["staff", "net"].filter(function (s) { return !how[s]; }).map(function (s) { return say(lang, s, {}); });
  if (how.capital && how.net) { parts.push(say(lang, "capital", {})); }
  if (how.prices !== "real") { parts.push(say(lang, "prices." + how.prices, { rate: percent(lang, how.inflation) })); }
  if (how.rate !== null) { parts.push(say(lang, "rate", { rate: percent(lang, how.rate) })); }
  return say(lang, "shown", { how: parts.join(say(lang, "separator", {})) });
}

// Every figure under a way of counting, as texts: what the tests compare with the printed ones.
function recomputed(lang, how) {
  var found = {};
  Object.keys(inside.draws.figures).forEach(function (id) {
    var recipe = inside.draws.figures[id], figure = taken(recipe, how);
    found[id] = figure && figure.span.map(function (value) { return figureText(recipe, lang, value); });
  });
  return found;
}

// From the saving of the middle world to its bookings: a tree that is built as it is opened.
var MOST_LISTED = 60; // of one node; the next ones on demand

function makeDrills() {
  all("[data-drill]").forEach(function (place) {
    var lang = place.closest("main").lang, tree = inside.drill[place.dataset.drill];
    place.closest("details").addEventListener("toggle", function () {
      if (!place.firstChild) { startDrill(place, tree, lang); }
    });
  });
}

function startDrill(place, tree, lang) {
  var label = element("label", {}, say(lang, "drill.which", {}) + " "), choice = element("select"), list = element("div");
  [["annual", say(lang, "drill.annual", {})], ["once", say(lang, "drill.once", {})]].forEach(function (o) {
    choice.appendChild(element("option", { value: o[0] }, o[1]));
  });
  Object.keys(inside.categories).forEach(function (category) {
    var yearly = inside.items.some(function (item) { return item[0] === category && item[1]; });
    var text = say(lang, yearly ? "drill.yearly" : "drill.whole", { name: inside.categories[category][LANGS.indexOf(lang)] });
    choice.appendChild(element("option", { value: category }, text));
  });
  label.appendChild(choice);
  place.appendChild(label);
  place.appendChild(list);
  function draw() {
    list.textContent = "";
    var top = element("ul", { "class": "tree" });
    addNode(top, rootNode(tree, lang), choice.value, lang, true);
    list.appendChild(top);
  }
  choice.addEventListener("change", draw);
  draw();
}

// A node: its name, its bookings [item, before, after], and what lies below it.
function node(name, cells, below) { return { name: name, cells: cells, below: below }; }

function added(nodes) {
  var sums = {};
  nodes.forEach(function (one) {
    one.cells.forEach(function (cell) {
      var known = sums[cell[0]] || (sums[cell[0]] = [cell[0], 0, 0]);
      known[1] += cell[1];
      known[2] += cell[2];
    });
  });
  return Object.keys(sums).map(function (item) { return sums[item]; });
}

function parent(name, nodes) { return node(name, added(nodes), function () { return nodes; }); }

function rootNode(tree, lang) {
  var at = LANGS.indexOf(lang);
  var levels = tree.levels.map(function (level) {
    var units = level.units.map(function (unit) { return unitNode(unit, lang); });
    if (level.rest[0]) {
      units.push(leafNode(say(lang, "drill.units", { count: level.rest[0], rooms: level.rest[1] }), level.rest[2], lang));
    }
    return parent(inside.levels[level.level][at], units);
  });
  var sites = tree.cloud.map(function (site) {
    var name = tree.cloud.length > 1 ? say(lang, "drill.site", { name: site[0] }) : say(lang, "drill.cloud", {});
    return leafNode(name, site[1], lang);
  });
  return parent(say(lang, "drill.all", {}), levels.concat(sites));
}

function unitNode(unit, lang) {
  var rooms = unit[1].map(function (room) {
    var name = called(room[3], say(lang, "drill.room", { id: room[0] }));
    return room[2].length ? node(name, room[1], function () { return systemNodes(room, lang); }) : leafNode(name, room[1], lang);
  });
  if (unit[2][0]) { rooms.push(leafNode(say(lang, "drill.rooms", { count: unit[2][0] }), unit[2][1], lang)); }
  if (unit[3].length) { rooms.push(leafNode(say(lang, "drill.office", {}), unit[3], lang)); }
  return parent(called(unit[4], say(lang, "drill.unit", { id: unit[0] })), rooms);
}

// What an inventory calls a place or system stands before its number.
function called(name, numbered) { return name ? name + " · " + numbered : numbered; }

// Below it, one line for each booking.
function leafNode(name, cells, lang) {
  return node(name, cells, function () {
    return cells.map(function (cell) { return node(inside.items[cell[0]][2 + LANGS.indexOf(lang)], [cell], null); });
  });
}

// A room's bookings divided among its systems by servers, so that they add up to the yuan.
function systemNodes(room, lang) {
  var systems = room[2], all = systems.reduce(function (sum, s) { return sum + s[1]; }, 0);
  var shares = systems.map(function () { return []; });
  room[1].forEach(function (cell) {
    var before = divided(cell[1], systems, all), after = divided(cell[2], systems, all);
    shares.forEach(function (mine, i) { if (before[i] || after[i]) { mine.push([cell[0], before[i], after[i]]); } });
  });
  return systems.map(function (system, i) {
    var values = { id: system[0], count: -system[0], servers: system[1], all: all };
    return leafNode(called(system[2], say(lang, system[0] < 0 ? "drill.systems" : "drill.system", values)), shares[i], lang);
  });
}

function divided(amount, systems, all) {
  var done = 0, given = 0;
  return systems.map(function (system) {
    done += system[1];
    var until = Math.round(amount * done / all), mine = until - given;
    given = until;
    return mine;
  });
}

function counted(cells, choice) {
  return cells.filter(function (cell) {
    var item = inside.items[cell[0]];
    return choice === "annual" ? item[1] : choice === "once" ? !item[1] : item[0] === choice;
  });
}

function totals(cells) {
  return cells.reduce(function (sum, cell) { return [sum[0] + cell[1], sum[1] + cell[2]]; }, [0, 0]);
}

function addNode(list, one, choice, lang, open) {
  var cells = counted(one.cells, choice), sums = totals(cells);
  if (!cells.length) { return; }
  var item = element("li"), line = one.below ? element("button", { type: "button", "aria-expanded": "false" }) : element("span", { "class": "leaf" });
  var texts = { saving: sums[0] - sums[1], before: sums[0], after: sums[1] };
  Object.keys(texts).forEach(function (key) { texts[key] = number(lang, texts[key], 0) ; });
  line.appendChild(element("span", { "class": "named" }, one.name));
  line.appendChild(element("span", { "class": "sum", "data-yuan": String(sums[0] - sums[1]) }, say(lang, "drill.line", texts)));
  item.appendChild(line);
  list.appendChild(item);
  if (!one.below) { return; }
  var inner = null;
  function toggle() {
    var expand = line.getAttribute("aria-expanded") !== "true";
    line.setAttribute("aria-expanded", String(expand));
    if (!inner) {
      inner = element("ul");
      addNodes(inner, largestFirst(one.below(), choice), choice, lang);
      item.appendChild(inner);
    }
    inner.hidden = !expand;
  }
  line.addEventListener("click", toggle);
  if (open) { toggle(); }
}

function largestFirst(nodes, choice) {
  var keyed = nodes.map(function (one) { var sums = totals(counted(one.cells, choice)); return { one: one, size: Math.abs(sums[0] - sums[1]) }; });
  keyed.sort(function (a, b) { return b.size - a.size; });
  return keyed.map(function (entry) { return entry.one; });
}

function addNodes(list, nodes, choice, lang) {
  nodes.slice(0, MOST_LISTED).forEach(function (one) { addNode(list, one, choice, lang, false); });
  var rest = nodes.slice(MOST_LISTED);
  if (!rest.length) { return; }
  var item = element("li"), button = element("button", { type: "button", "class": "rest" });
  var sums = totals(counted(added(rest), choice));
  button.appendChild(element("span", { "class": "named" }, say(lang, "drill.more", { count: rest.length })));
  button.appendChild(element("span", { "class": "sum", "data-yuan": String(sums[0] - sums[1]) }, number(lang, sums[0] - sums[1], 0)));
  button.addEventListener("click", function () { list.removeChild(item); addNodes(list, rest, choice, lang); });
  item.appendChild(button);
  list.appendChild(item);
}

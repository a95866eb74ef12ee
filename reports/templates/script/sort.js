// Tables can be sorted by any column: a button in each head, one press up, one down, one as it was.
var LEAST_ROWS = 3;

function makeSortable() {
  all("main table").forEach(function (table) {
    if (table.closest(".trace")) { return; }
    var heads = table.tHead && table.tHead.rows.length === 1 ? all("th[scope=col]", table.tHead) : [];
    var most = Math.max.apply(null, all("tbody", table).map(function (body) { return movable(body).length; }).concat(0));
    if (most < LEAST_ROWS) { return; }
    all("tbody", table).forEach(function (body) { body.firstOrder = Array.prototype.slice.call(body.rows); });
    heads.forEach(function (head) {
      var lang = head.closest("main").lang;
      var button = element("button", { type: "button", "class": "sort" });
      while (head.firstChild) { button.appendChild(head.firstChild); }
      button.title = say(lang, "sort", { name: button.textContent });
      head.appendChild(button);
      button.addEventListener("click", function () { turn(table, head, lang); });
    });
  });
}

// Rows that change places: not heads of groups, not sums.
function movable(body) {
  return Array.prototype.filter.call(body.rows, function (row) {
    return !row.classList.contains("group") && !row.classList.contains("total");
  });
}

function turn(table, head, lang) {
  var now = head.getAttribute("aria-sort");
  var next = now === "ascending" ? "descending" : now === "descending" ? null : "ascending";
  all("[aria-sort]", table).forEach(function (other) { other.removeAttribute("aria-sort"); });
  if (next) { head.setAttribute("aria-sort", next); }
  all("tbody", table).forEach(function (body) {
    var order = body.firstOrder, rows = movable(body);
    var start = order.indexOf(rows.slice().sort(function (a, b) { return order.indexOf(a) - order.indexOf(b); })[0]);
    var fixed = order.slice(start).filter(function (row) { return rows.indexOf(row) < 0; });
    rows = order.filter(function (row) { return rows.indexOf(row) >= 0; });
    if (next) { rows = sorted(rows, head.cellIndex, next === "descending" ? -1 : 1, lang); }
    order.slice(0, start).concat(rows, fixed).forEach(function (row) { body.appendChild(row); });
  });
}

function sorted(rows, column, sign, lang) {
  var keyed = rows.map(function (row, place) { return { row: row, place: place, key: sortKey(row.cells[column]) }; });
  keyed.sort(function (a, b) {
    var both = typeof a.key === "number" && typeof b.key === "number";
    if (a.key === null || b.key === null) { return (a.key === null) - (b.key === null) || a.place - b.place; }
    var by = both ? a.key - b.key : String(a.key).localeCompare(String(b.key), lang === "zh" ? "zh-Hans-CN" : "en");
    return sign * by || a.place - b.place;
  });
  return keyed.map(function (entry) { return entry.row; });
}

// The number a cell begins with, its text where it has none, null where it holds a dash.
function sortKey(cell) {
  var text = cell ? (cell.querySelector(".mid") || cell).textContent.trim() : "";
  if (text === "" || text === "–") { return null; }
  var found = /^[≥≤CNY\s]*(-?\d[\d,]*(?:\.\d+)?)(?![\d-])/.exec(text);
  return found && cell.tagName === "TD" ? Number(found[1].replace(/,/g, "")) : text;
}

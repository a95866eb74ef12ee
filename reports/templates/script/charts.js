// Values of the charts: the row of the chart's table behind the mark that is pointed at, or chosen by arrow keys.
var NEAR = 14; // points of the drawing
var SVG = "http://www.w3.org/2000/svg";

function makeCharts() {
  all("figure[data-chart]").forEach(function (figure) {
    var chart = inside.charts[figure.dataset.chart], lang = figure.closest("main").lang;
    var svg = figure.querySelector("svg");
    if (!chart || !svg || !chart.marks[lang].length) { return; }
    watch(figure.querySelector(".plot"), svg, chart, lang);
  });
}

function watch(plot, svg, chart, lang) {
  var marks = chart.marks[lang], at = -1;
  var tip = element("div", { "class": "tip", role: "status" });
  var ring = document.createElementNS(SVG, "rect");
  ring.setAttribute("class", "ring");
  svg.appendChild(ring);
  plot.appendChild(tip);
  plot.tabIndex = 0;
  plot.setAttribute("role", "group");
  plot.title = say(lang, "values", {});

  function point(place) {
    if (place === at) { return; }
    at = place;
    plot.classList.toggle("told", place >= 0);
    if (place < 0) { return; }
    var mark = marks[place];
    ring.setAttribute("x", mark[0] - 1);
    ring.setAttribute("y", mark[1] - 1);
    ring.setAttribute("width", mark[2] + 2);
    ring.setAttribute("height", mark[3] + 2);
    fillTip(tip, chart, mark[4], lang);
    placeTip(plot, svg, tip, mark);
  }
  svg.addEventListener("pointermove", function (event) { point(nearest(marks, inDrawing(svg, event))); });
  plot.addEventListener("pointerleave", function () { point(-1); });
  plot.addEventListener("blur", function () { point(-1); });
  plot.addEventListener("keydown", function (event) {
    var step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") { point(-1); }
    if (event.key === "Home" || event.key === "End") { step = event.key === "Home" ? -Infinity : Infinity; }
    if (!step) { return; }
    event.preventDefault();
    point(Math.max(0, Math.min(marks.length - 1, at + step)));
  });
}

function inDrawing(svg, event) {
  var place = svg.createSVGPoint();
  place.x = event.clientX;
  place.y = event.clientY;
  return place.matrixTransform(svg.getScreenCTM().inverse());
}

// The smallest mark that holds a place, else the nearest one not far away; -1 if there is none.
function nearest(marks, place) {
  var best = -1, least = Infinity;
  marks.forEach(function (mark, i) {
    var x = Math.max(mark[0] - place.x, 0, place.x - mark[0] - mark[2]);
    var y = Math.max(mark[1] - place.y, 0, place.y - mark[1] - mark[3]);
    var off = Math.sqrt(x * x + y * y);
    var cost = off > 0 ? 1e9 + off : mark[2] * mark[3];
    if (off <= NEAR && cost < least) { least = cost; best = i; }
  });
  return best;
}

function fillTip(tip, chart, row, lang) {
  tip.textContent = "";
  var list = element("dl");
  chart.rows[row].forEach(function (cell, column) {
    list.appendChild(element("dt", {}, chart.columns[lang][column]));
    list.appendChild(element("dd", {}, cellText(cell, lang)));
  });
  tip.appendChild(list);
}

function cellText(cell, lang) {
  if (typeof cell === "number") {
    var magnitude = Math.floor(Math.log10(Math.abs(cell) || 1));
    return number(lang, cell, cell % 1 ? Math.max(0, Math.min(6, 3 - magnitude)) : 0);
  }
  return Object.prototype.hasOwnProperty.call(inside.names, cell) ? inside.names[cell][LANGS.indexOf(lang)] : cell;
}

// Beside the mark, within the plot.
function placeTip(plot, svg, tip, mark) {
  var scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
  var right = (mark[0] + mark[2]) * scale + 8, wide = tip.offsetWidth;
  var left = right + wide <= plot.scrollWidth ? right : Math.max(0, mark[0] * scale - wide - 8);
  var top = Math.min(mark[1] * scale, svg.getBoundingClientRect().height - tip.offsetHeight);
  tip.style.left = left + "px";
  tip.style.top = Math.max(0, top) + "px";
}

// Shows one language at a time; report.html#en and report.html#zh open in that language.
var root = document.documentElement;
var LANGS = ["zh", "en"];
var inside = { words: { zh: {}, en: {} } };
root.className = "waiting";

function all(selector, within) { return Array.prototype.slice.call((within || document).querySelectorAll(selector)); }

function element(tag, attributes, content) {
  var made = document.createElement(tag);
  Object.keys(attributes || {}).forEach(function (name) { made.setAttribute(name, attributes[name]); });
  if (content !== undefined) { made.textContent = content; }
  return made;
}

// A message with its blanks filled in.
function say(lang, key, values) {
  return inside.words[lang][key].replace(/\{(\w+)\}/g, function (_, name) { return values[name]; });
}

// As reports/messages.py writes numbers: exact ties go to the even digit, thousands apart in English only.
function number(lang, value, decimals) {
  var scale = Math.pow(10, decimals), up = Math.abs(value) * scale;
  var tie = up < 1e15 && up % 1 === 0.5 && up / scale === Math.abs(value);
  var text = tie ? ((Math.floor(up) % 2 ? Math.ceil(up) : Math.floor(up)) / scale).toFixed(decimals)
    : Math.abs(value).toFixed(decimals);
  if (lang === "en") { text = text.replace(/^\d+/, function (whole) { return whole.replace(/\B(?=(\d{3})+$)/g, ","); }); }
  return value < 0 && /[1-9]/.test(text) ? "-" + text : text;
}

function show(lang) {
  root.className = "only-" + lang;
  root.lang = lang;
  all("[data-show]").forEach(function (b) { b.setAttribute("aria-pressed", String(b.dataset.show === lang)); });
  var bar = document.querySelector(".bar");
  bar.setAttribute("aria-label", bar.getAttribute("data-label-" + lang));
}

function wanted() {
  var found = /^#(en|zh)/.exec(location.hash);
  return found ? found[1] : /^zh/i.test(navigator.language || "") ? "zh" : "en";
}

// A link to a row opens what the row is folded into.
function unfold() {
  var target = document.getElementById(location.hash.slice(1));
  for (var at = target; at; at = at.parentElement) { if (at.tagName === "DETAILS") { at.open = true; } }
  if (target) { target.scrollIntoView(); }
}

var opened = [];
function beforePrint() {
  opened = all("details:not(.trace):not(.drill):not([open])");
  opened.forEach(function (d) { d.open = true; });
}
function afterPrint() { opened.forEach(function (d) { d.open = false; }); }

function begin() {
  var kept = document.getElementById("inside");
  inside = JSON.parse(kept.textContent);
  all("[data-show]").forEach(function (b) { b.addEventListener("click", function () { show(b.dataset.show); }); });
  document.querySelector("[data-print]").addEventListener("click", function () { window.print(); });
  window.addEventListener("hashchange", function () { show(wanted()); unfold(); });
  window.addEventListener("beforeprint", beforePrint);
  window.addEventListener("afterprint", afterPrint);
  makeSortable();
  if (inside.charts) { makeCharts(); }
  if (inside.draws) { makeSwitches(); }
  if (inside.drill) { makeDrills(); }
  show(wanted());
  if (location.hash.length > 3) { unfold(); }
}

// Text laid out before its font is there can keep empty boxes, so the font comes first.
document.addEventListener("DOMContentLoaded", function () {
  if (document.fonts) { document.fonts.load("1em " + FONT, "字").then(begin, begin); } else { begin(); }
});

// Shows one language at a time; report.html#en and report.html#zh open in that language.
(function () {
  "use strict";
  var root = document.documentElement;
  var buttons = document.querySelectorAll("[data-show]");
  function show(lang) {
    root.className = "only-" + lang;
    root.lang = lang;
    buttons.forEach(function (b) { b.setAttribute("aria-pressed", String(b.dataset.show === lang)); });
  }
  function wanted() {
    var found = /^#(en|zh)/.exec(location.hash);
    return found ? found[1] : /^zh/i.test(navigator.language || "") ? "zh" : "en";
  }
  buttons.forEach(function (b) {
    b.addEventListener("click", function () { show(b.dataset.show); });
  });
  document.querySelector("[data-print]").addEventListener("click", function () { window.print(); });
  window.addEventListener("hashchange", function () { show(wanted()); });
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details").forEach(function (d) { d.open = true; });
  });
  // Text laid out before its font is there can keep empty boxes, so the font comes first.
  function begin() { show(wanted()); }
  if (document.fonts) { document.fonts.load("1em {{ font }}", "字").then(begin, begin); } else { begin(); }
})();

// The page: sliders in, answers out. Its state stands in the address, so that a setting can be sent on.
(function () {
  var data = JSON.parse(document.getElementById("data").textContent);
  var model = explore.model(data);
  var POINTS = 25;
  var free = data.inputs.map(function () { return null; });
  var state = { lang: "en", figure: 0, fixed: free.slice(), touched: 0, refused: [] };
  var page, words, asked = 0;

  function make(name, attributes, children) {
    var made = document.createElement(name);
    Object.keys(attributes || {}).forEach(function (key) {
      if (key === "text") made.textContent = attributes[key]; else made.setAttribute(key, attributes[key]);
    });
    (children || []).forEach(function (child) { made.appendChild(child); });
    return made;
  }
  function say(key, values) { return words.say(key, values || {}); }

  // ---- the address ----
  function write() {
    var parts = [state.lang, "figure=" + data.figures[state.figure].name];
    data.inputs.forEach(function (input, i) {
      if (state.fixed[i] !== null) parts.push(encodeURIComponent(input.path) + "=" + words.plain(input, state.fixed[i]));
    });
    var hash = "#" + parts.join(";");
    if (location.hash !== hash) history.replaceState(null, "", hash);
  }
  function read() {
    var parts = location.hash.slice(1).split(";");
    var lang = /^(en|zh)$/.test(parts[0]) ? parts[0] : /^zh/i.test(navigator.language || "") ? "zh" : "en";
    var found = { lang: lang, figure: 0, fixed: free.slice(), touched: state.touched, refused: [] };
    parts.slice(1).forEach(function (part) {
      var at = part.indexOf("="), name = part.slice(0, at), value = part.slice(at + 1);
      try { name = decodeURIComponent(name); } catch (error) { return; }
      if (name === "figure") {
        found.figure = Math.max(0, data.figures.findIndex(function (f) { return f.name === value; }));
        return;
      }
      var i = data.inputs.findIndex(function (input) { return input.path === name; });
      if (i >= 0 && value !== "" && inside(i, Number(value))) { found.fixed[i] = Number(value); found.touched = i; }
      else if (at > 0) found.refused.push(name + "=" + value);
    });
    state = found;
  }
  function inside(i, value) { return value >= data.inputs[i].low && value <= data.inputs[i].high; }

  // ---- building, once for each language ----
  function build() {
    words = explore.words(data, state.lang);
    document.documentElement.lang = state.lang;
    document.title = say("explore.kind") + " · " + words.names.title + " · roomfold " + data.run;
    page = {};
    var bar = document.getElementById("bar"), sheet = document.getElementById("page");
    bar.replaceChildren(
      button("中文", function () { turn("zh"); }, { lang: "zh", "data-show": "zh", "aria-pressed": String(state.lang === "zh") }),
      button("English", function () { turn("en"); }, { lang: "en", "data-show": "en", "aria-pressed": String(state.lang === "en") }),
      button(say("explore.print"), function () { window.print(); }, {}));
    sheet.replaceChildren(header(), make("div", { class: "columns" }, [left(), right()]), method());
    update();
  }
  function button(text, act, attributes) {
    var made = make("button", Object.assign({ type: "button", text: text }, attributes));
    made.addEventListener("click", act);
    return made;
  }
  function turn(lang) { state.lang = lang; build(); }

  function header() {
    return make("header", {}, [
      make("p", { class: "kind", text: say("explore.kind") }),
      make("h1", { text: words.names.title }),
      make("p", { class: "note", text: say("explore.edition", { run: data.run, worlds: data.worlds, year: words.names.year, alternative: words.names.alternative, baseline: words.names.baseline }) })
    ]);
  }

  function left() {
    page.charts = ["distribution", "response", "shares"].map(function (name) {
      var title = make("h3", {}), svg = document.createElementNS("http://www.w3.org/2000/svg", "svg"), note = make("figcaption", {});
      svg.id = "chart-" + name;
      return { title: title, svg: svg, note: note, box: make("figure", {}, [title, svg, note]) };
    });
    page.rows = data.inputs.map(row);
    var more = page.rows.slice(data.first);
    var children = [
      make("h2", { text: say("explore.inputs") }),
      make("p", { class: "note", text: say("explore.inputs_note") }),
      button(say("explore.reset"), function () { state.fixed = free.slice(); state.refused = []; update(); }, { id: "reset" })
    ].concat(page.rows.slice(0, data.first).map(function (r) { return r.box; }));
    if (more.length) {
      page.more = make("details", {}, [make("summary", { text: say("explore.more", { count: more.length }) })].concat(more.map(function (r) { return r.box; })));
      children.push(page.more);
    }
    children.push(page.charts[2].box);
    return make("section", { class: "inputs", "aria-label": say("explore.inputs") }, children);
  }

  function row(input, i) {
    var id = "input-" + i, step = Math.pow(10, -input.decimals).toFixed(Math.max(0, input.decimals));
    var limits = { min: words.plain(input, input.low), max: words.plain(input, input.high), step: step };
    var made = {};
    made.check = make("input", { type: "checkbox", id: id + "-fix", "aria-label": say("explore.fix_label", { input: input.label[state.lang] }) });
    made.slider = make("input", Object.assign({ type: "range", id: id, "aria-label": input.label[state.lang] }, limits));
    made.typed = make("input", Object.assign({ type: "number", id: id + "-value", "aria-label": say("explore.value_label", { input: input.label[state.lang] }), "aria-describedby": id + "-said" }, limits));
    made.typed.setAttribute("placeholder", words.plain(input, input.middle));
    made.said = make("p", { class: "said", id: id + "-said" });
    var usual = make("i", { class: "usual" }), span = input.high - input.low;
    var from = (input.usual[0] - input.low) / span, to = (input.usual[1] - input.low) / span;
    usual.style.left = "calc(8px + (100% - 16px) * " + from.toFixed(4) + ")";
    usual.style.width = "calc((100% - 16px) * " + (to - from).toFixed(4) + ")";
    var unit = input.unit[state.lang];
    made.box = make("div", { class: "input", role: "group", "aria-label": input.label[state.lang] }, [
      make("div", { class: "name" }, [
        make("label", { for: id, text: input.label[state.lang] }),
        make("label", { class: "fix", for: id + "-fix" }, [made.check, make("span", { text: say("explore.fix") })])
      ]),
      make("div", { class: "move" }, [make("div", { class: "track" }, [made.slider, make("div", { class: "scale", "aria-hidden": "true" }, [usual])]), made.typed, make("span", { class: "unit", text: unit })]),
      made.said
    ]);
    made.slider.addEventListener("input", function () { fix(i, Number(made.slider.value)); });
    made.check.addEventListener("change", function () { fix(i, made.check.checked ? Number(made.slider.value) : null); });
    made.typed.addEventListener("change", function () { type(i, made); });
    return made;
  }

  function fix(i, value) { state.fixed[i] = value; state.touched = i; schedule(); }
  function type(i, made) {
    var input = data.inputs[i], value = made.typed.value === "" ? NaN : Number(made.typed.value);
    if (inside(i, value)) { fix(i, Number(words.plain(input, value))); return; }
    state.fixed[i] = null;
    state.touched = i;
    update();
    if (!isFinite(value)) return;
    made.typed.value = String(value);
    made.typed.setAttribute("aria-invalid", "true");
    made.said.className = "said refused";
    made.said.textContent = say("explore.refused", { value: String(value), low: words.plain(input, input.low), high: words.withUnit(input, input.high) });
    var there = state.fixed.slice();
    there[i] = value;
    page.command.value = command(there);
  }

  function right() {
    page.choose = make("select", { id: "figure" }, data.figures.map(function (f, k) { return make("option", { value: String(k), text: words.figure(f) }); }));
    page.choose.addEventListener("change", function () { state.figure = Number(page.choose.value); update(); });
    page.middle = make("b", { id: "middle" });
    page.range = make("span", { id: "range" });
    page.before = make("span", { id: "before" });
    page.error = make("span", { id: "error" });
    page.warnings = make("ul", { class: "warnings", id: "warnings" });
    page.sentence = make("textarea", { readonly: "", rows: "5", id: "sentence", "aria-label": say("explore.words") });
    page.command = make("textarea", { readonly: "", rows: "3", id: "command", "aria-label": say("explore.command"), spellcheck: "false" });
    page.status = make("p", { role: "status", class: "note" });
    page.table = make("tbody", {});
    return make("section", { class: "answers" }, [
      make("div", { class: "answer", "aria-live": "polite" }, [
        make("label", { for: "figure", text: say("explore.figure") }), page.choose, page.middle, page.range, page.before, page.error]),
      page.warnings,
      page.charts[0].box,
      make("h2", { text: say("explore.all") }),
      make("div", { class: "wide", tabindex: "0", role: "region", "aria-label": say("explore.all") }, [make("table", {}, [
        make("thead", {}, [make("tr", {}, ["figure", "now", "run", "error", "q2"].map(function (key) { return make("th", { scope: "col", text: say("explore.head." + key) }); }))]), page.table])]),
      page.charts[1].box,
      make("h2", { text: say("explore.words") }), page.sentence, copier(page.sentence),
      make("h2", { text: say("explore.command") }), make("p", { class: "note", text: say("explore.command_note") }), page.command, copier(page.command),
      page.status
    ]);
  }
  function copier(area) {
    return button(say("explore.copy"), function () {
      area.select();
      var done = function () { page.status.textContent = say("explore.copied"); };
      if (navigator.clipboard) navigator.clipboard.writeText(area.value).then(done, function () { page.status.textContent = say("explore.select"); });
      else page.status.textContent = say("explore.select");
    }, {});
  }

  function method() {
    return make("section", { class: "method" }, [make("h2", { text: say("explore.method") })].concat(
      ["explore.method.worlds", "explore.method.laws", "explore.method.error", "explore.method.range", "explore.method.shares"].map(function (key) {
        return make("p", { text: say(key, { worlds: data.worlds, poor: data.poor }) });
      })));
  }

  // ---- answering ----
  function schedule() {
    if (!asked) asked = requestAnimationFrame(function () { asked = 0; update(); });
  }
  function update() {
    var began = performance.now();
    var found = model.answer(state.fixed), k = state.figure, figure = data.figures[k], now = found[k];
    var before = model.answer.before || (model.answer.before = model.answer(free));
    document.documentElement.dataset.answered = (performance.now() - began).toFixed(2);
    page.choose.value = String(k);
    page.middle.textContent = words.value(figure, now.middle);
    page.range.textContent = say("explore.range", { range: words.range(figure, now.low, now.high) });
    page.before.textContent = say("explore.before", { before: words.value(figure, before[k].middle) });
    page.error.textContent = errorText(k, before[k], now);
    warn(k);
    page.rows.forEach(function (made, i) { show(made, i); });
    page.table.replaceChildren.apply(page.table, data.figures.map(function (f, j) { return line(f, before[j], found[j]); }));
    draw(k, figure, before[k], now);
    page.sentence.value = words.sentence(state.fixed, k, now, before[k].middle);
    page.command.value = command(state.fixed);
    if (page.more && state.fixed.slice(data.first).some(function (v) { return v !== null; })) page.more.open = true;
    write();
    document.documentElement.dataset.drawn = (performance.now() - began).toFixed(2);
  }

  function errorText(k, before, now) {
    var figure = data.figures[k];
    return say(state.fixed.some(function (value) { return value !== null; }) ? "explore.error" : "explore.error_free", {
      error: none(before, now) ? "0" : isFinite(now.error) ? words.value(figure, now.error) : say("explore.unknown"),
      rmse: figure.rmse === null ? say("explore.unknown") : words.value(figure, figure.rmse),
      q2: figure.q2 === null ? say("explore.unknown") : figure.q2.toFixed(2)
    });
  }

  function warn(k) {
    var found = [];
    if (data.few) found.push(say("explore.warn.few", { worlds: data.worlds }));
    if (model.poor(k)) found.push(say("explore.warn.poor", { figure: words.figure(data.figures[k]) }));
    var set = data.inputs.filter(function (input, i) { return state.fixed[i] !== null; });
    var far = data.inputs.filter(function (input, i) {
      return state.fixed[i] !== null && (state.fixed[i] < input.inner[0] || state.fixed[i] > input.inner[1]);
    }).map(function (input) { return input.label[state.lang]; });
    if (far.length) found.push(say("explore.warn.far", { inputs: words.list(far) }));
    if (set.length > 1) found.push(say("explore.warn.several", { count: set.length }));
    if (state.refused.length) found.push(say("explore.warn.refused", { inputs: state.refused.join(", ") }));
    page.warnings.replaceChildren.apply(page.warnings, found.map(function (text) { return make("li", { text: text }); }));
  }

  function show(made, i) {
    var input = data.inputs[i], value = state.fixed[i], fixed = value !== null;
    if (fixed || document.activeElement !== made.slider) made.slider.value = String(fixed ? value : input.middle);
    made.check.checked = fixed;
    made.typed.value = fixed ? words.plain(input, value) : "";
    made.typed.removeAttribute("aria-invalid");
    made.box.classList.toggle("fixed", fixed);
    var text = fixed ? say("explore.fixed", { value: words.withUnit(input, value) })
      : say("explore.free", { low: words.plain(input, input.usual[0]), high: words.withUnit(input, input.usual[1]) });
    made.slider.setAttribute("aria-valuetext", fixed ? words.withUnit(input, value) : text);
    made.said.className = "said";
    made.said.textContent = text;
  }

  // Rounding is no error.
  function none(before, now) { return now.error <= 1e-9 * Math.abs(before.high - before.low); }

  function line(figure, before, now) {
    function cell(found, name) {
      return make("td", { class: name }, [make("span", { text: words.value(figure, found.middle) }), make("small", { text: words.range(figure, found.low, found.high) })]);
    }
    var error = none(before, now) ? "–" : isFinite(now.error) ? "±" + words.value(figure, now.error) : say("explore.unknown");
    var q2 = figure.q2 === null ? "–" : figure.q2.toFixed(2);
    return make("tr", {}, [make("th", { scope: "row", text: words.figure(figure) }),
      cell(now, "now"), cell(before, "run"), make("td", { text: error }), make("td", { text: q2 })]);
  }

  function draw(k, figure, before, now) {
    var input = data.inputs[state.touched], name = words.figure(figure), label = input.label[state.lang];
    var claims = data.claims.filter(function (claim) { return claim.figures.indexOf(k) >= 0; });
    var charts = page.charts, never = Array.from(now.values).filter(function (v) { return !isFinite(v); }).length;
    charts[0].title.textContent = say("explore.chart.distribution", { figure: name });
    explore.distribution(charts[0].svg, words, figure, before, now, claims, charts[0].title.textContent);
    charts[0].note.textContent = say("explore.chart.distribution_note") + (never ? say("explore.chart.never", { never: never }) : "")
      + claims.map(function (claim) { return say("explore.chart.claim", { id: claim.id, what: claim.what[state.lang] }); }).join("");
    charts[1].title.textContent = say("explore.chart.response", { figure: name, input: label });
    explore.response(charts[1].svg, words, figure, input, curve(k), state.fixed[state.touched], charts[1].title.textContent);
    charts[1].note.textContent = say("explore.chart.response_note");
    var rows = data.inputs.map(function (one, i) { return { label: one.label[state.lang], share: one.totals[k], fixed: state.fixed[i] !== null }; })
      .filter(function (one) { return one.share > 0.0005 || one.fixed; })
      .sort(function (a, b) { return b.share - a.share; }).slice(0, data.first);
    charts[2].title.textContent = say("explore.chart.shares", { figure: name });
    explore.shares(charts[2].svg, words, rows, charts[2].title.textContent);
    charts[2].note.textContent = say("explore.chart.shares_note");
  }

  // The curve stays as it is while its own input moves.
  var drawn = { key: "", points: [] };
  function curve(k) {
    var key = [k, state.touched].concat(state.fixed.map(function (v, i) { return i === state.touched ? "" : v; })).join();
    if (drawn.key !== key) drawn = { key: key, points: model.curve(state.fixed, state.touched, k, POINTS) };
    return drawn.points;
  }

  function command(fixed) {
    var sets = data.inputs.map(function (input, i) {
      if (fixed[i] === null) return "";
      var value = inside(i, fixed[i]) ? words.plain(input, fixed[i]) : String(fixed[i]);
      return ' --set "' + input.path + "=" + (input.spread ? "{value: " + value + ", spread: " + input.spread + "}" : value) + '"';
    }).join("");
    return "roomfold run scenario.yaml" + sets + " --worlds " + data.worlds + " --seed " + data.seed + " --out what-if";
  }

  // For programs: the answer with inputs fixed by path, as reports/explore/surrogate.py gives it.
  explore.ask = function (byPath) {
    return model.answer(data.inputs.map(function (input) { return input.path in byPath ? byPath[input.path] : null; }))
      .map(function (found) { return { low: found.low, middle: found.middle, high: found.high, error: found.error, values: Array.from(found.values) }; });
  };
  window.addEventListener("hashchange", function () { read(); build(); });
  window.addEventListener("resize", schedule);
  // Text laid out before its font is there can keep empty boxes, so the font comes first.
  function begin() { read(); build(); }
  document.fonts.load("1em roomfold-fallback", "字").then(begin, begin);
})();

// The pictures of the page, drawn as SVG: colours with outlines or hatches, so that a copier keeps them apart.
(function () {
  var NS = "http://www.w3.org/2000/svg";
  var LEFT = 12, RIGHT = 12;
  var WIDTH = 520; // of the sheet in hand, so that letters are as large on a telephone

  function shape(parent, name, attributes, text) {
    var made = document.createElementNS(NS, name);
    Object.keys(attributes).forEach(function (key) { made.setAttribute(key, attributes[key]); });
    if (text !== undefined) made.textContent = text;
    parent.appendChild(made);
    return made;
  }

  function fit(svg) { WIDTH = Math.max(300, Math.min(640, svg.parentNode.clientWidth || 520)); }

  function sheet(svg, height, described) {
    svg.replaceChildren();
    svg.setAttribute("viewBox", "0 0 " + WIDTH + " " + height);
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", described);
    return svg;
  }

  // Round numbers that cover a range, about so many.
  function ticks(low, high, count) {
    var rough = (high - low) / count || 1, power = Math.pow(10, Math.floor(Math.log10(rough)));
    var step = [1, 2, 5, 10].map(function (m) { return m * power; }).find(function (s) { return s >= rough; });
    var found = [];
    for (var i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++) found.push(i * step);
    return { step: step, at: found };
  }

  function tickText(value, step) {
    var decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    return (Math.abs(value) < step / 2 ? 0 : value).toFixed(decimals);
  }

  function xAxis(svg, y, scale, low, high, title) {
    shape(svg, "line", { x1: LEFT, x2: WIDTH - RIGHT, y1: y, y2: y, class: "axis" });
    var marks = ticks(low, high, 6);
    marks.at.forEach(function (value) {
      shape(svg, "line", { x1: scale(value), x2: scale(value), y1: y, y2: y + 4, class: "axis" });
      shape(svg, "text", { x: scale(value), y: y + 17, "text-anchor": "middle", class: "tick" }, tickText(value, marks.step));
    });
    shape(svg, "text", { x: WIDTH - RIGHT, y: y + 34, "text-anchor": "end", class: "tick" }, title);
  }

  function finite(values) { return Array.from(values).filter(isFinite); }

  // Lowest and highest of values, apart from each other also where all are the same or there are none.
  function ends(values) {
    if (!values.length) return [0, 1];
    var low = Math.min.apply(null, values), high = Math.max.apply(null, values), size = Math.max(Math.abs(low), Math.abs(high));
    return high - low > 1e-6 * size ? [low, high] : [low - size / 10 - 1e-6, high + size / 10 + 1e-6];
  }

  // Worlds before (filled) and after (outlined), in equal bins, with what was published.
  explore.distribution = function (svg, words, figure, before, after, claims, described) {
    fit(svg);
    var a = finite(before.values), b = finite(after.values);
    var marked = claims.map(function (claim) { return claim.published; });
    var reach = ends(a.concat(b, marked)), low = reach[0], high = reach[1];
    var axis = words.axis(figure, Math.max(Math.abs(low), Math.abs(high)));
    var pad = 0.03 * (high - low);
    low = (low - pad) / axis[0];
    high = (high + pad) / axis[0];
    var bins = Math.max(8, Math.min(24, Math.round(4 * Math.cbrt(before.values.length))));
    var top = 26 + 15 * claims.length, floor = top + 130;
    sheet(svg, floor + 42, described);
    function x(value) { return LEFT + (WIDTH - LEFT - RIGHT) * (value - low) / (high - low); }
    function counted(values) {
      var found = new Array(bins).fill(0);
      values.forEach(function (v) { found[Math.min(bins - 1, Math.floor((v / axis[0] - low) / (high - low) * bins))] += 1; });
      return found;
    }
    var first = counted(a), then = counted(b), most = Math.max.apply(null, first.concat(then, [1]));
    function y(count) { return floor - (floor - top) * count / most; }
    function edge(k) { return LEFT + (WIDTH - LEFT - RIGHT) * k / bins; }
    first.forEach(function (count, k) {
      if (count) shape(svg, "rect", { x: edge(k), width: edge(1) - edge(0), y: y(count), height: floor - y(count), class: "before" });
    });
    var path = "M" + edge(0) + " " + floor;
    then.forEach(function (count, k) { path += "V" + y(count) + "H" + edge(k + 1); });
    shape(svg, "path", { d: path + "V" + floor, class: "after" });
    if (isFinite(before.middle)) shape(svg, "line", { x1: x(before.middle / axis[0]), x2: x(before.middle / axis[0]), y1: top - 4, y2: floor, class: "median-before" });
    if (isFinite(after.middle)) shape(svg, "line", { x1: x(after.middle / axis[0]), x2: x(after.middle / axis[0]), y1: top - 4, y2: floor, class: "median-after" });
    claims.forEach(function (claim, row) {
      var at = x(claim.published / axis[0]), high = 12 + 15 * row;
      shape(svg, "line", { x1: at, x2: at, y1: high + 4, y2: floor, class: "claim-line" });
      shape(svg, "path", { d: "M" + at + " " + (high - 5) + "l5 5l-5 5l-5 -5z", class: "claim" });
      var right = at < WIDTH / 2;
      shape(svg, "text", { x: at + (right ? 9 : -9), y: high + 4, "text-anchor": right ? "start" : "end", class: "label" },
        claim.id + " " + words.value(figure, claim.published));
    });
    xAxis(svg, floor, x, low, high, axis[1]);
  };

  // P50 with P10-P90 of a figure along one input.
  explore.response = function (svg, words, figure, input, points, now, described) {
    fit(svg);
    var spans = points.map(function (p) { return p.span.filter(isFinite); });
    var reach = ends([].concat.apply([], spans)), low = reach[0], high = reach[1];
    var axis = words.axis(figure, Math.max(Math.abs(low), Math.abs(high)));
    low /= axis[0];
    high /= axis[0];
    var top = 24, floor = 190, start = 58;
    sheet(svg, floor + 42, described);
    function x(value) { return start + (WIDTH - RIGHT - start) * (value - input.low) / (input.high - input.low); }
    function y(value) { return floor - (floor - top) * (value / axis[0] - low) / (high - low); }
    var marks = ticks(low, high, 5);
    marks.at.forEach(function (value) {
      var at = floor - (floor - top) * (value - low) / (high - low);
      shape(svg, "line", { x1: start, x2: WIDTH - RIGHT, y1: at, y2: at, class: "grid" });
      shape(svg, "text", { x: start - 6, y: at + 4, "text-anchor": "end", class: "tick" }, tickText(value, marks.step));
    });
    var whole = points.filter(function (p) { return p.span.every(isFinite); });
    function line(row, list) { return list.map(function (p) { return x(p.value) + " " + y(p.span[row]); }).join("L"); }
    if (whole.length > 1) {
      shape(svg, "path", { d: "M" + line(0, whole) + "L" + line(2, whole.slice().reverse()) + "Z", class: "band" });
      shape(svg, "path", { d: "M" + line(1, whole), class: "middle" });
    }
    if (now !== null) {
      shape(svg, "line", { x1: x(now), x2: x(now), y1: top, y2: floor, class: "median-after" });
    }
    shape(svg, "text", { x: start - 50, y: 12, class: "tick" }, axis[1]);
    var bottom = ticks(input.low, input.high, 6);
    shape(svg, "line", { x1: start, x2: WIDTH - RIGHT, y1: floor, y2: floor, class: "axis" });
    bottom.at.forEach(function (value) {
      shape(svg, "line", { x1: x(value), x2: x(value), y1: floor, y2: floor + 4, class: "axis" });
      shape(svg, "text", { x: x(value), y: floor + 17, "text-anchor": "middle", class: "tick" }, tickText(value, bottom.step));
    });
    shape(svg, "text", { x: WIDTH - RIGHT, y: floor + 34, "text-anchor": "end", class: "tick" }, words.measured(input));
  };

  // Share of the spread that goes with each input; those fixed are hatched.
  explore.shares = function (svg, words, rows, described) {
    fit(svg);
    var row = 26, most = Math.max.apply(null, rows.map(function (r) { return r.share; }).concat([0.01]));
    sheet(svg, row * 1.44 * rows.length, described);
    var defs = shape(svg, "defs", {});
    var pattern = shape(defs, "pattern", { id: "hatch", width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" });
    shape(pattern, "rect", { width: 6, height: 6, fill: "#fff" });
    shape(pattern, "line", { x1: 0, x2: 0, y1: 0, y2: 6, stroke: "#0072B2", "stroke-width": 4 });
    rows.forEach(function (one, k) {
      var y = 12 + k * row * 1.44, long = (WIDTH - LEFT - RIGHT - 60) * one.share / most;
      shape(svg, "text", { x: LEFT, y: y, class: "label" }, one.label + (one.fixed ? words.say("explore.bar_fixed", {}) : ""));
      shape(svg, "rect", { x: LEFT, y: y + 5, width: Math.max(1, long), height: 12, class: one.fixed ? "bar-fixed" : "bar-free" });
      shape(svg, "text", { x: LEFT + long + 6, y: y + 15, class: "tick" }, (100 * one.share).toFixed(one.share < 0.1 ? 1 : 0) + "%");
    });
  };
})();

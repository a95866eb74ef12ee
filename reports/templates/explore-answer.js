"use strict";
// The stored worlds under other inputs. The same sums, in the same order, as reports/explore/surrogate.py.
var explore = {};
(function () {
  function floats(text) {
    var bytes = Uint8Array.from(atob(text), function (c) { return c.charCodeAt(0); });
    var view = new DataView(bytes.buffer), out = new Float64Array(bytes.length / 8);
    for (var i = 0; i < out.length; i++) out[i] = view.getFloat64(8 * i, true);
    return out;
  }

  function byPart(flat) {
    var found = new Map();
    for (var i = 0; i < flat.length; i += 3) {
      if (!found.has(flat[i])) found.set(flat[i], []);
      found.get(flat[i]).push([flat[i + 1], flat[i + 2]]);
    }
    return Array.from(found);
  }

  // Payback of cash by year, in years, as cash.payback has it by month.
  function paybackByYear(flows, start, years) {
    var sum = 0, sums = [], last = -1;
    for (var y = 0; y < years; y++) {
      sum += flows[start + y];
      sums.push(sum);
      if (sum < 0) last = y;
    }
    if (last < 0) return 0;
    if (last === years - 1) return Infinity;
    var after = flows[start + last + 1];
    return last + 1 + (after > 0 ? Math.min(1, Math.max(0, -sums[last] / after)) : 1);
  }

  explore.model = function (data) {
    var worlds = data.worlds, years = data.years;
    var weights = data.weights.map(floats);
    var stored = data.figures.map(function (f) { return floats(f.values); });
    var index = {};
    data.figures.forEach(function (f, k) { index[f.name] = k; });
    var NPV = index.npv, PAYBACK = index.payback_years;
    var inputs = data.inputs.map(function (one) {
      var feature = one.log ? Math.log : function (v) { return v; };
      return { feature: feature, drawn: floats(one.values).map(feature) };
    });
    var pairs = data.pairs.map(function (p) { return { inputs: p.inputs, centre: p.centre, part: p.part, off: p.off.map(floats) }; });
    var rate = { input: data.rate.input, values: floats(data.rate.values) };
    var within = floats(data.within);
    var parts = data.parts.map(function (p) {
      return { figures: p.figures, values: floats(p.values), yearly: p.yearly && floats(p.yearly), left: p.left };
    });
    var laws = byPart(data.laws), groups = data.groups.map(byPart);
    var flows0 = new Float64Array(worlds * years), left0 = new Float64Array(worlds);
    parts.forEach(function (part) {
      if (part.yearly) for (var i = 0; i < flows0.length; i++) flows0[i] += part.yearly[i];
      if (part.left) for (var w = 0; w < worlds; w++) left0[w] += part.values[w];
    });
    var paid0 = new Float64Array(worlds);
    for (var w0 = 0; w0 < worlds; w0++) paid0[w0] = paybackByYear(flows0, w0 * years, years);

    // Logarithm of a weighted sum.
    function sum(part, one, two) { return Math.log(part * Math.exp(one) + (1 - part) * Math.exp(two)); }

    // By how much each feature changes in every world, null where it does not: inputs, then pairs.
    function changes(fixed) {
      var found = inputs.map(function (one, i) {
        if (fixed[i] === null) return null;
        var value = one.feature(fixed[i]);
        return one.drawn.map(function (drawn) { return value - drawn; });
      });
      pairs.forEach(function (pair) {
        var to = pair.inputs.map(function (i, side) {
          return i < 0 || fixed[i] === null ? null : inputs[i].feature(fixed[i]) - pair.centre[side];
        });
        found.push(to[0] === null && to[1] === null ? null : pair.off[0].map(function (one, w) {
          var two = pair.off[1][w], now = sum(pair.part, to[0] === null ? one : to[0], to[1] === null ? two : to[1]);
          return now - sum(pair.part, one, two);
        }));
      });
      return found;
    }

    // Every figure in every world; fixed holds a value or null for each input.
    function figures(fixed, law, changed) {
      changed = changed || changes(fixed);
      var found = stored.map(function (values) { return Float64Array.from(values); });
      var flows = Float64Array.from(flows0), left = Float64Array.from(left0);
      (law || laws).forEach(function (entry) {
        var part = parts[entry[0]];
        var terms = entry[1].filter(function (term) { return changed[term[0]] !== null; });
        if (!terms.length) return;
        for (var w = 0; w < worlds; w++) {
          var change = 0;
          for (var t = 0; t < terms.length; t++) change += terms[t][1] * changed[terms[t][0]][w];
          var factor = Math.expm1(change), value = part.values[w] * factor;
          for (var k = 0; k < part.figures.length; k++) found[part.figures[k]][w] += value;
          if (part.yearly) for (var y = w * years; y < (w + 1) * years; y++) flows[y] += part.yearly[y] * factor;
          if (part.left) left[w] += value;
        }
      });
      var fixedRate = rate.input < 0 ? null : fixed[rate.input];
      for (var w = 0; w < worlds; w++) {
        var r = 1 + (fixedRate === null ? rate.values[w] : fixedRate), worth = 0;
        for (var y = 0; y < years; y++) worth += flows[w * years + y] * Math.pow(r, -(y + 0.5));
        found[NPV][w] = within[w] + worth + left[w] * Math.pow(r, -years);
        found[PAYBACK][w] = paidBack(w, flows);
      }
      return found;
    }

    function paidBack(w, flows) {
      var before = paid0[w], after = paybackByYear(flows, w * years, years), own = stored[PAYBACK][w];
      if (after === before) return own;
      var both = isFinite(own) && isFinite(after) && isFinite(before) && before > 0;
      var found = both ? own * after / before : after;
      return found > years ? Infinity : found;
    }

    // P10, P50 and P90 as a statement takes them.
    function spans(k, values) {
      var ordered = Float64Array.from(values).sort();
      if (k === PAYBACK) return data.order.map(function (row) { return ordered[row]; });
      return weights.map(function (row) {
        var sum = 0;
        for (var w = 0; w < worlds; w++) sum += row[w] * ordered[w];
        return sum;
      });
    }

    function poor(k) { return data.figures[k].q2 === null || data.figures[k].q2 < data.poor; }

    function widened(k, span, middles) {
      if (!middles.length) return { low: span[0], middle: span[1], high: span[2], error: 0 };
      if (!span.concat(middles).every(isFinite)) return { low: span[0], middle: span[1], high: span[2], error: Infinity };
      var mean = middles.reduce(function (a, b) { return a + b; }) / middles.length;
      var square = middles.reduce(function (a, b) { return a + (b - mean) * (b - mean); }, 0);
      var error = Math.sqrt((middles.length - 1) / middles.length * square);
      var low = span[1] - Math.hypot(span[1] - span[0], data.p90 * error);
      var high = span[1] + Math.hypot(span[2] - span[1], data.p90 * error);
      if (poor(k)) {
        low = Math.min(low, span[1] - (first[k][1] - first[k][0]));
        high = Math.max(high, span[1] + (first[k][2] - first[k][1]));
      }
      return { low: k === PAYBACK ? Math.max(0, low) : low, middle: span[1], high: high, error: error };
    }

    // Every figure with its range and error, and its values in every world.
    function answer(fixed) {
      var changed = changes(fixed), whole = figures(fixed, laws, changed);
      var any = fixed.some(function (value) { return value !== null; });
      var middles = (any ? groups : []).map(function (law) {
        return figures(fixed, law, changed).map(function (values, k) { return spans(k, values)[1]; });
      });
      return whole.map(function (values, k) {
        var found = widened(k, spans(k, values), middles.map(function (m) { return m[k]; }));
        found.values = values;
        return found;
      });
    }

    // P10, P50 and P90 of one figure along the range of one input, the others as they are.
    function curve(fixed, input, k, points) {
      var one = data.inputs[input], found = [];
      for (var i = 0; i < points; i++) {
        var value = one.low + (one.high - one.low) * i / (points - 1);
        var there = fixed.slice();
        there[input] = value;
        found.push({ value: value, span: spans(k, figures(there)[k]) });
      }
      return found;
    }

    var first = stored.map(function (values, k) { return spans(k, values); });
    return { figures: figures, answer: answer, curve: curve, poor: poor, spans: spans, stored: stored };
  };
})();

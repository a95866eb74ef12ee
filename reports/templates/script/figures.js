// Takes figures again from the money of every world. Mirrors reports/figures.py, cash.py and quantiles.py.
var MONTHS = 12;
var STAFF = 1, CLOUD = 2; // bits of a quarter of the items

// Whole numbers packed by reports/embedded/packing.py, rows of so many.
function unpack(text, length) {
  var bytes = atob(text), found = [], value = 0;
  for (var i = 0; i < bytes.length;) {
    var step = 0, scale = 1, byte;
    do {
      byte = bytes.charCodeAt(i++);
      step += (byte & 127) * scale;
      scale *= 128;
    } while (byte & 128);
    if (found.length % length === 0) { value = 0; }
    value += step % 2 ? -(step + 1) / 2 : step / 2;
    found.push(value);
  }
  return found;
}

function money(name) {
  var draws = inside.draws, packed = draws.alternatives[name];
  if (!packed.yearly.pop) {
    packed.yearly = unpack(packed.yearly, draws.years);
    packed.monthly = unpack(packed.monthly, draws.years * MONTHS);
    packed.levels = unpack(packed.levels, draws.annual.length);
    packed.left = unpack(packed.left, draws.worlds);
    packed.capital = unpack(packed.capital, draws.worlds);
  }
  return packed;
}

// What prices of the start are worth in money of the day.
function risen(how, world, years) {
  if (how.prices === "real") { return 1; }
  var rate = how.prices === "drawn" ? inside.draws.inflation[world] : how.inflation;
  return Math.pow(1 + rate, years);
}

// Whether what is staff's or the cloud's counts; a claim's own way of counting is fixed.
function counts(recipe, how, staff, cloud) { return recipe.fixed || ((how.staff || !staff) && (how.net || !cloud)); }

function sumYears(recipe, how, world, chosen) {
  var draws = inside.draws, yearly = money(recipe.of).yearly, sum = 0;
  recipe.atoms.forEach(function (atom) {
    if (!counts(recipe, how, draws.atoms[atom][0], draws.atoms[atom][1])) { return; }
    chosen.forEach(function (year) {
      sum += yearly[(world * draws.atoms.length + atom) * draws.years + year] * risen(how, world, year + 0.5);
    });
  });
  return sum;
}

function span(length) { return Array.apply(null, Array(length)).map(function (_, i) { return i; }); }

var KINDS = {
  annual: function (recipe, how, world) {
    var draws = inside.draws, value = sumYears(recipe, how, world, draws.annual) / draws.annual.length;
    var less = recipe.capital === "always" || (recipe.capital && how.capital);
    if (!less || !how.net) { return value; }
    var level = draws.annual.reduce(function (sum, y) { return sum + risen(how, world, y + 0.5); }, 0);
    return value - money(recipe.of).capital[world] * level / draws.annual.length;
  },
  once: function (recipe, how, world) {
    var years = inside.draws.years;
    if (!recipe.own) { return sumYears(recipe, how, world, span(typeof recipe.years === "number" ? recipe.years : years)); }
    if (!recipe.own.pop) { recipe.own = unpack(recipe.own, years); }
    return span(years).reduce(function (sum, y) { return sum + recipe.own[world * years + y] * risen(how, world, y + 0.5); }, 0);
  },
  level: function (recipe, how, world) {
    var draws = inside.draws, levels = money(recipe.of).levels, sum = 0, years = draws.annual.length;
    span(4).forEach(function (quarter) {
      if (!counts(recipe, how, quarter & STAFF, quarter & CLOUD)) { return; }
      draws.annual.forEach(function (year, i) {
        var at = ((world * recipe.levels + recipe.level) * 4 + quarter) * years + i;
        sum += levels[at] * risen(how, world, year + 0.5);
      });
    });
    return sum / years;
  },
  npv: function (recipe, how, world) {
    var draws = inside.draws, rate = how.rate === null ? draws.rate[world] : how.rate, left = money(recipe.of).left;
    var value = left[world] + (recipe.fixed || how.net ? left[draws.worlds + world] : 0);
    value *= Math.pow(1 + rate, -draws.years);
    monthly(recipe, how, world).forEach(function (flow, m) { value += flow * Math.pow(1 + rate, -(m + 0.5) / MONTHS); });
    return value;
  },
  payback: function (recipe, how, world) {
    var sum = 0, months = -1, part = 1, below = 0, waits = false;
    monthly(recipe, how, world).forEach(function (real, m) {
      var flow = real * risen(how, world, (m + 0.5) / MONTHS);
      if (waits) { part = flow > 0 ? Math.min(1, Math.max(0, -below / flow)) : 1; }
      sum += flow;
      waits = sum < -inside.draws.debt;
      if (waits) { months = m + 1; below = sum; }
    });
    return waits ? Infinity : months < 0 ? 0 : (months + part) / MONTHS;
  }
};

// Net cash by month, in prices of the start.
function monthly(recipe, how, world) {
  var length = inside.draws.years * MONTHS, flows = money(recipe.of).monthly, sums = span(length).fill(0);
  span(4).forEach(function (quarter) {
    if (!counts(recipe, how, quarter & STAFF, quarter & CLOUD)) { return; }
    for (var m = 0; m < length; m++) { sums[m] += flows[(world * 4 + quarter) * length + m]; }
  });
  return sums;
}

// The figure in every world; null where nothing that it sums is counted.
function values(recipe, how) {
  var draws = inside.draws;
  var counted = !recipe.atoms || recipe.atoms.some(function (a) { return counts(recipe, how, draws.atoms[a][0], draws.atoms[a][1]); });
  if (!counted || (recipe.capital === "always" && !how.net)) { return null; }
  return span(draws.worlds).map(function (world) {
    var value = KINDS[recipe.kind](recipe, how, world);
    if (!recipe.against) { return value; }
    return value - KINDS[recipe.kind](Object.assign({}, recipe, { of: recipe.against }), how, world);
  });
}

// P10, P50 and P90: weighted order statistics, plain ones of times that may never come.
function quantiles(recipe, worlds) {
  var ordered = worlds.slice().sort(function (a, b) { return a - b; }), count = ordered.length;
  if (recipe.kind === "payback" || !worlds.every(isFinite)) {
    return [0.1, 0.5, 0.9].map(function (level) { return ordered[Math.max(0, Math.ceil(count * level - 1))]; });
  }
  return inside.draws.weights.map(function (weights) {
    return weights.reduce(function (sum, weight, i) { return sum + weight * ordered[i]; }, 0);
  });
}

function moneyCell(lang, cny) { return lang === "en" ? number(lang, cny / 1e6, 1) : number(lang, cny / 1e4, 0); }

function figureText(recipe, lang, value) {
  if (!isFinite(value)) { return "–"; }
  return recipe.kind === "payback" ? number(lang, value, 1) : moneyCell(lang, value);
}

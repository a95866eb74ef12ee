// Numbers and sentences in the language shown, as reports/messages.py writes them.
(function () {
  explore.words = function (data, lang) {
    var texts = data.words[lang], names = data.names[lang], zh = lang === "zh";

    function say(key, values) {
      return texts[key].replace(/\{(\w+)\}/g, function (_, name) { return String(values[name]); });
    }

    function number(value, decimals) {
      var parts = Math.abs(value).toFixed(decimals).split(".");
      if (!zh) parts[0] = parts[0].replace(/\B(?=(\d{3})+$)/g, ",");
      var text = parts.join(".");
      return value < 0 && /[1-9]/.test(text) ? "-" + text : text;
    }

    function significant(value, digits) {
      if (value === 0) return "0";
      var magnitude = Math.floor(Math.log10(Math.abs(value)));
      return number(value, Math.max(0, (digits || 3) - 1 - magnitude));
    }

    function threeDigits(value) {
      return String(Number(value.toPrecision(Math.abs(value) >= 100 ? 3 : 2)));
    }

    function money(cny) {
      if (!zh) return say("explore.money", { n: significant(cny / 1e6) });
      return Math.abs(cny) >= 1e8 ? significant(cny / 1e8) + "亿元" : threeDigits(cny / 1e4) + "万元";
    }

    // A value of a figure, with its unit.
    function value(figure, amount) {
      if (!isFinite(amount)) return texts["explore.never"];
      if (figure.unit === "CNY" || figure.unit === "CNY/yr") return money(amount);
      if (figure.unit === "yr") return say("explore.years", { n: number(amount, 1) });
      if (figure.unit === "kWh/yr") return say("explore.kwh", { n: significant(amount / (zh ? 1e4 : 1e6)) });
      return say("explore.tonnes", { n: significant(amount) });
    }

    // Two values of a figure as a range, the unit once.
    function range(figure, low, high) {
      var ends = [value(figure, low), value(figure, high)];
      if (!isFinite(low) || !isFinite(high)) return say("explore.span", { low: ends[0], high: ends[1] });
      if (!zh && figure.unit.indexOf("CNY") === 0) {
        return say("explore.money", { n: say("explore.span", { low: significant(low / 1e6), high: significant(high / 1e6) }) });
      }
      var numbers = ends.map(function (text) { return /^-?[\d.,]+/.exec(text)[0]; });
      var units = ends.map(function (text, i) { return text.slice(numbers[i].length); });
      return say("explore.span", { low: units[0] === units[1] ? numbers[0] : ends[0], high: ends[1] });
    }

    // Divisor and unit of an axis that reaches so far.
    function axis(figure, most) {
      if (figure.unit === "CNY" || figure.unit === "CNY/yr") {
        if (!zh) return [1e6, texts["explore.axis.money"]];
        return most >= 5e8 ? [1e8, "亿元"] : [1e4, "万元"];
      }
      if (figure.unit === "kWh/yr") return [zh ? 1e4 : 1e6, texts["explore.axis.kwh"]];
      return [1, texts[figure.unit === "yr" ? "explore.axis.years" : "explore.axis.tonnes"]];
    }

    function figure(one) { return texts["explore.figure." + one.name]; }

    function withUnit(input, amount) {
      var unit = input.unit[lang];
      return plain(input, amount) + (unit ? (zh ? "" : " ") + unit : "");
    }

    // An input with its unit, as the title of an axis.
    function measured(input) {
      var unit = input.unit[lang];
      return input.label[lang] + (unit ? (zh ? "（" + unit + "）" : " (" + unit + ")") : "");
    }

    function plain(input, amount) { return amount.toFixed(Math.max(0, input.decimals)); }

    function list(items) {
      if (items.length < 2) return items.join("");
      return items.slice(0, -1).join(texts["explore.list"]) + texts["explore.and"] + items[items.length - 1];
    }

    function sentence(fixed, k, found, before) {
      var conditions = data.inputs.map(function (input, i) {
        return fixed[i] === null ? null : say("explore.condition", { input: input.label[lang], value: withUnit(input, fixed[i]) });
      }).filter(Boolean);
      var one = data.figures[k];
      var told = {
        conditions: list(conditions), figure: figure(one), alternative: names.alternative, baseline: names.baseline,
        middle: value(one, found.middle), range: range(one, found.low, found.high),
        before: value(one, before), worlds: data.worlds, run: data.run, year: names.year,
        error: isFinite(found.error) ? value(one, found.error) : texts["explore.unknown"],
        q2: one.q2 === null ? texts["explore.unknown"] : one.q2.toFixed(2)
      };
      return say(conditions.length ? "explore.sentence" : "explore.sentence_free", told);
    }

    return {
      say: say, value: value, range: range, axis: axis, figure: figure, withUnit: withUnit, measured: measured, plain: plain, list: list,
      sentence: sentence, significant: significant, money: money, names: names, lang: lang
    };
  };
})();

"""What the tests ask of a page, as scripts that run in it."""

# Texts whose colour is too close to what lies behind them; drawings have colours of their own.
FAINT = """() => {
  const parse = c => { const m = c.match(/[\\d.]+/g).map(Number); return m.length < 4 ? [...m, 1] : m; };
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const over = (top, under) => top.slice(0, 3).map((v, i) => v * top[3] + under[i] * (1 - top[3])).concat(1);
  const behind = e => { const layers = [];
    for (; e; e = e.parentElement) layers.push(parse(getComputedStyle(e).backgroundColor));
    return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255, 1]); };
  const faint = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || e.closest('svg, script') || !e.offsetParent) continue;
    const style = getComputedStyle(e), back = behind(e), fore = over(parse(style.color), back);
    const [a, b] = [light(fore), light(back)].sort((x, y) => y - x), ratio = (a + 0.05) / (b + 0.05);
    const size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    if (ratio < (large ? 3 : 4.5)) faint.push([e.textContent.slice(0, 40), ratio]);
  }
  return faint;
}"""

# Opens every node and compares its sum with those of its children.
OPEN_ALL = """place => {
  let nodes = 0, deepest = 0; const wrong = [];
  const yuan = e => Number(e.querySelector(':scope > button > .sum, :scope > .leaf > .sum').dataset.yuan);
  const visit = (item, depth) => {
    nodes += 1; deepest = Math.max(deepest, depth);
    const button = item.querySelector(':scope > button[aria-expanded]');
    if (!button) return;
    if (button.getAttribute('aria-expanded') === 'false') button.click();
    let more; while ((more = item.querySelector(':scope > ul > li > button.rest'))) more.click();
    const below = [...item.querySelectorAll(':scope > ul > li')];
    const sum = below.reduce((s, b) => s + yuan(b), 0);
    if (sum !== yuan(item)) wrong.push([item.textContent.slice(0, 40), sum, yuan(item)]);
    below.forEach(b => visit(b, depth + 1));
  };
  place.querySelectorAll('.tree > li').forEach(item => visit(item, 1));
  return {nodes, deepest, wrong};
}"""

// Checks of one report, run inside the page by scripts/pictures. Returns what is wrong, as lines.
(() => {
  const wrong = [];
  const shown = (element) => element.getClientRects().length > 0;
  const name = (element) =>
    `<${element.tagName.toLowerCase()}> "${element.textContent.trim().slice(0, 40)}"`;
  const width = document.documentElement.clientWidth;

  // Nothing runs off the edge, except in a box that scrolls.
  if (document.documentElement.scrollWidth > width)
    wrong.push(`overflow: the page is ${document.documentElement.scrollWidth} px wide on ${width}`);
  const isPrint = matchMedia("print").matches;
  for (const element of document.body.querySelectorAll("*")) {
    const scrolls = !isPrint && element.parentElement.closest(".scroll");
    if (scrolls || !shown(element) || element.closest("svg") !== null) continue;
    if (element.getBoundingClientRect().right > width + 1) {
      wrong.push(`overflow: ${name(element)} ends at ${Math.round(element.getBoundingClientRect().right)} of ${width} px`);
      break;
    }
  }

  // Labels of a picture neither overlap nor leave it, and can be read.
  for (const svg of document.querySelectorAll("svg")) {
    if (!shown(svg)) continue;
    const whole = svg.getBoundingClientRect();
    const scale = whole.width / svg.viewBox.baseVal.width;
    const texts = Array.from(svg.querySelectorAll("text"));
    const boxes = texts.map((text) => text.getBoundingClientRect());
    texts.forEach((text, n) => {
      const [a, size] = [boxes[n], parseFloat(getComputedStyle(text).fontSize) * scale];
      if (size < 9.5) wrong.push(`small: ${name(text)} is ${size.toFixed(1)} px`);
      if (a.left < whole.left - 1 || a.right > whole.right + 1 || a.top < whole.top - 1 || a.bottom > whole.bottom + 1)
        wrong.push(`outside: ${name(text)} leaves its picture`);
      for (let m = n + 1; m < texts.length; m++) {
        const b = boxes[m];
        const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        // The box of a text has a line's height, which digits do not fill.
        const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (across > 0.5 && down > 3 * scale)
          wrong.push(`overlap: ${name(text)} and ${name(texts[m])} in ${svg.parentElement.id || svg.closest("figure").id}`);
      }
    });
  }

  // Contrast of every text with what is behind it: 4.5 (WCAG 2 AA).
  const parse = (colour) => {
    const numbers = colour.match(/[\d.]+/g).map(Number);
    return [numbers[0], numbers[1], numbers[2], numbers.length > 3 ? numbers[3] : 1];
  };
  const over = (top, bottom) => {
    const mix = (n) => top[n] * top[3] + bottom[n] * (1 - top[3]);
    return [mix(0), mix(1), mix(2), 1];
  };
  const behind = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) layers.push(parse(getComputedStyle(at).backgroundColor));
    const base = matchMedia("print").matches || getComputedStyle(document.documentElement).colorScheme === "light"
      ? [255, 255, 255, 1] : [0, 0, 0, 1];
    return layers.reverse().reduce((below, layer) => over(layer, below), base);
  };
  const light = (colour) => {
    const part = (value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    };
    return 0.2126 * part(colour[0]) + 0.7152 * part(colour[1]) + 0.0722 * part(colour[2]);
  };
  const low = new Map();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const hidden = ["SCRIPT", "STYLE", "title", "desc"].includes(element.tagName);
    if (hidden || !walker.currentNode.data.trim() || !shown(element)) continue;
    const style = getComputedStyle(element);
    const back = behind(element);
    const ink = over(parse(element.closest("svg") ? style.fill : style.color), back);
    const [a, b] = [light(ink), light(back)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) low.set(`${style.color} on ${back}`, `contrast: ${ratio.toFixed(2)} of ${name(element)}`);
  }
  wrong.push(...low.values());

  // One h1, no level left out; tables have a caption and headings; boxes that scroll can be reached by key.
  let level = 0;
  for (const heading of document.querySelectorAll("h1,h2,h3,h4")) {
    const own = Number(heading.tagName[1]);
    if (own > level + 1) wrong.push(`headings: ${name(heading)} comes after h${level}`);
    level = own;
  }
  if (document.querySelectorAll("h1").length !== 1) wrong.push("headings: not one h1");
  for (const table of document.querySelectorAll("table"))
    if (!table.caption || !table.caption.textContent.trim() || !table.querySelector("th[scope=col]"))
      wrong.push(`table: ${name(table)} has no caption or no headings`);
  for (const element of document.body.querySelectorAll("*")) {
    const clipped = element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).overflowX === "auto";
    if (clipped && element.tabIndex < 0) wrong.push(`keyboard: ${name(element)} scrolls and cannot be reached`);
  }
  for (const link of document.querySelectorAll("a[href]")) {
    const target = link.getAttribute("href");
    if (!target.startsWith("#") || !document.getElementById(target.slice(1)))
      wrong.push(`link: ${target} leads nowhere`);
  }
  wrong.push(...(window.violations || []).map((what) => `policy: ${what}`));
  return wrong;
})()

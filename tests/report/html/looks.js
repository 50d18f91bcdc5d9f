// What a reader meets, measured in the page: run by tests, not part of the report.
() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, under) => [0, 1, 2].map((at) => top[at] * top[3] + under[at] * (1 - top[3])).concat(1);
  const ground = (element) => {
    const layers = [];
    for (let one = element; one; one = one.parentElement) layers.push(rgba(getComputedStyle(one).backgroundColor));
    return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255, 1]);
  };
  const light = (colour) => colour.slice(0, 3).map((one) => one / 255)
    .map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4))
    .reduce((sum, one, at) => sum + one * [0.2126, 0.7152, 0.0722][at], 0);
  const ratio = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);

  const faint = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || element.closest("script, title, .sr, .skip") || !element.checkVisibility()) continue;
    const style = getComputedStyle(element);
    const back = ground(element);
    const found = ratio(over(rgba(element.ownerSVGElement ? style.fill : style.color), back), back);
    if (found < 4.5) faint.push(`${found.toFixed(2)} ${element.tagName}.${element.className.baseVal ?? element.className}: ${texts.currentNode.data.slice(0, 30)}`);
  }

  const levels = all("h1, h2, h3, h4").map((one) => Number(one.tagName[1]));
  const ids = all("[id]").map((one) => one.id);
  const named = (one) => one.getAttribute("aria-label") || one.querySelector("title")?.textContent || document.getElementById(one.getAttribute("aria-labelledby"))?.textContent;
  return {
    faint,
    overflow: document.documentElement.scrollWidth - window.innerWidth,
    first_heading: levels[0],
    skipped_levels: levels.filter((level, at) => at && level > levels[at - 1] + 1),
    landmarks: ["header", "main"].filter((name) => all(`body > ${name}, .page > ${name}`).length !== 1),
    nameless: all("svg, img").filter((one) => one.getAttribute("aria-hidden") !== "true" && !(one.getAttribute("role") === "img" && named(one))).length,
    undescribed: all("svg.plot").filter((one) => !document.getElementById(one.getAttribute("aria-describedby"))?.textContent.trim()).length,
    headless: all("table").filter((one) => !one.querySelector("thead th[scope=col]") || [...one.tBodies[0].rows].some((row) => !row.querySelector("th[scope=row]"))).length,
    regions: all(".scroll").filter((one) => one.tabIndex !== 0 || !one.getAttribute("aria-label")).length,
    twice: ids.filter((id, at) => ids.indexOf(id) !== at),
    dangling: all("a[href^='#']").map((one) => one.hash.slice(1)).filter((id) => !document.getElementById(id)),
  };
}

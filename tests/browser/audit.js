// What axe does not look at: names and visible focus of all that takes the focus, contrast of drawings.
() => {
  const faults = [];
  const told = (node) => `${node.tagName.toLowerCase()}.${node.getAttribute("class") || ""} ${(node.textContent || "").trim().slice(0, 30)}`;
  const shown = (node) => node.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && node.getClientRects().length > 0;
  const labelled = (node) => {
    const by = (node.getAttribute("aria-labelledby") || "").split(/\s+/).filter(Boolean);
    const texts = [
      node.getAttribute("aria-label"),
      ...by.map((id) => document.getElementById(id)?.textContent),
      ...[...(node.labels || [])].map((label) => label.textContent),
      node.querySelector?.("title")?.textContent,
      /^(INPUT|SELECT|TEXTAREA)$/.test(node.tagName) ? "" : node.textContent,
    ];
    return texts.some((text) => text && text.trim());
  };
  const focusable = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]:not([tabindex='-1'])";
  for (const node of document.querySelectorAll(focusable)) {
    if (!shown(node) || node.disabled) continue;
    if (!labelled(node)) faults.push(`no name: ${told(node)}`);
    node.focus({ preventScroll: true });
    if (document.activeElement !== node) {
      faults.push(`takes no focus: ${told(node)}`);
      continue;
    }
    const style = getComputedStyle(node);
    if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) faults.push(`focus not seen: ${told(node)}`);
  }
  document.activeElement?.blur();
  const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = ([r, g, b, a], under) => [r, g, b].map((c, i) => c * a + under[i] * (1 - a));
  const light = (colour) => {
    const [r, g, b] = colour.map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const paper = rgba(getComputedStyle(document.body).backgroundColor);
  const painted = (style, name, under) => {
    if (style[name] === "none") return 1;
    const [r, g, b, a] = rgba(style[name]);
    return contrast(over([r, g, b, a * parseFloat(style.opacity) * parseFloat(style[`${name}Opacity`])], under), under);
  };
  const behind = (svg) => {
    const own = rgba(getComputedStyle(svg).backgroundColor);
    return own[3] ? over(own, paper) : paper;
  };
  const within = (text, box) => {
    const [inner, outer] = [text.getBoundingClientRect(), box.getBoundingClientRect()];
    return inner.left >= outer.left - 1 && inner.right <= outer.right + 1 && inner.top < outer.bottom && inner.bottom > outer.top;
  };
  for (const svg of document.querySelectorAll("main svg")) {
    if (!shown(svg)) continue;
    const ground = behind(svg);
    for (const text of svg.querySelectorAll("text")) {
      const box = text.previousElementSibling;
      const on = box?.matches(".node") && within(text, box) ? over(rgba(getComputedStyle(box).fill), ground) : ground;
      const found = painted(getComputedStyle(text), "fill", on);
      if (text.textContent.trim() && found < 4.5) faults.push(`text ${found.toFixed(1)}:1: ${told(text)}`);
    }
    for (const mark of svg.querySelectorAll(".mark, .site, .spine, .edge, .tip, .node, .now")) {
      const style = getComputedStyle(mark);
      const found = Math.max(painted(style, "fill", ground), painted(style, "stroke", ground));
      if (found < 3) faults.push(`mark ${found.toFixed(1)}:1: ${told(mark)}`);
    }
  }
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide > 0) faults.push(`${wide} px wider than the screen`);
  return [...new Set(faults)].slice(0, 12);
}

// The pages need no script; this adds two keys: / goes to the search box, arrows walk its results.
document.addEventListener("keydown", (event) => {
  const box = document.getElementById("q");
  const at = event.composedPath()[0]; // within the editor's shadow too
  const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName) || at.isContentEditable;
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    box.focus();
    box.select();
  } else if (event.key === "Escape" && event.target === box) {
    box.blur();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const hits = [...document.querySelectorAll("a.hit")];
    const place = hits.indexOf(document.activeElement);
    if (!hits.length || (place < 0 && event.target !== box)) return;
    event.preventDefault();
    const next = hits[place + (event.key === "ArrowDown" ? 1 : -1)];
    (next || box).focus();
  }
});
window.addEventListener("beforeprint", () => {
  for (const closed of document.querySelectorAll("details.notes")) closed.open = true;
});
// A drawing as PNG, twice its size, made here from its SVG file.
function offerPng(svg) {
  const button = document.createElement("button");
  button.textContent = "PNG";
  button.setAttribute("aria-label", svg.getAttribute("aria-label").replace(/^SVG/, "PNG"));
  button.addEventListener("click", async () => {
    const text = await (await fetch(svg.href)).text();
    const image = new Image();
    image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(text);
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = 2 * image.width;
    canvas.height = 2 * image.height;
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    const link = document.createElement("a");
    link.download = svg.download.replace(/svg$/, "png");
    link.href = URL.createObjectURL(await new Promise((done) => canvas.toBlob(done, "image/png")));
    link.click();
    URL.revokeObjectURL(link.href);
  });
  svg.after(button);
}
const offerAll = (within) => within.querySelectorAll(".tools a[download]").forEach(offerPng);
offerAll(document);
document.addEventListener("drawn", (event) => offerAll(event.target)); // an answer that came without a new page
// The dossier's picks stand in its address; this tab remembers them, so that other pages add to them.
const picks = document.querySelector("[data-picks]");
if (picks) sessionStorage.setItem("picks", picks.dataset.picks);
const kept = sessionStorage.getItem("picks");
const addToKept = (within) => {
  const add = within.querySelector("a.add");
  if (!kept || !add) return;
  const to = new URL(add.href);
  to.searchParams.set("pick", kept + " " + to.searchParams.get("pick"));
  add.href = to;
};
addToKept(document);
document.addEventListener("drawn", (event) => addToKept(event.target));
// A scenario that was still being worked out is looked for again.
const waiting = document.querySelector("[data-reload]");
if (waiting) setTimeout(() => location.reload(), 1000 * waiting.dataset.reload);
// A slider sets the day beside it, and shows it when it is let go.
const slider = document.querySelector("input[data-sets]");
if (slider) {
  const field = document.getElementById(slider.dataset.sets);
  const set = () => {
    field.value = new Date(Date.parse(slider.dataset.from) + slider.value * 86400000).toISOString().slice(0, 10);
    slider.setAttribute("aria-valuetext", field.value);
  };
  set();
  slider.closest("[hidden]").hidden = false;
  slider.addEventListener("input", set);
  slider.addEventListener("pointerup", () => field.value !== field.defaultValue && field.form.requestSubmit());
}

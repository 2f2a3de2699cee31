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

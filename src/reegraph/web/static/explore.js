// The explore page's drawing: read from the list on the page, grown by the lists of other things' pages.
import { arrange, graph, save, show } from "reegraph/graph";

const NEW = 10; // boxes that one click adds; the list has all
const drawn = document.getElementById("drawn");
const words = JSON.parse(drawn.dataset.words);
const lists = document.getElementById("lists");
const first = lists.querySelector("section.links");
const headings = JSON.parse(first.dataset.headings);
const told = document.getElementById("told");
const chosen = document.getElementById("chosen");
const lang = location.pathname.split("/")[1];
const relation = new URLSearchParams(location.search).get("relation");

drawn.hidden = false;
document.getElementById("still")?.remove();
const cy = graph(document.getElementById("graph"));

const addressOf = (id) => {
  const wanted = relation ? `?relation=${encodeURIComponent(relation)}` : "";
  return `/${lang}/explore/${encodeURIComponent(id).replaceAll("%3A", ":")}${wanted}`;
};

// Draw a thing and, of its list, what the server marks as first or what is drawn already.
function add(section, most) {
  const { id, label, column } = section.dataset;
  const centre = cy.getElementById(id);
  if (centre.empty()) cy.add({ data: { id, label, column: Number(column), open: true } });
  else centre.data("open", true);
  let fresh = 0;
  for (const item of section.querySelectorAll("li[data-id]")) {
    const other = item.dataset;
    const known = cy.getElementById(other.id).nonempty();
    if (!known && (!("first" in other) || fresh >= most)) continue;
    if (!known) {
      fresh += 1;
      cy.add({ data: { id: other.id, label: other.label, column: Number(other.column) } });
    }
    const [source, target] = "outward" in other ? [id, other.id] : [other.id, id];
    const key = `${source} > ${target}`;
    if (cy.getElementById(key).nonempty()) continue;
    cy.add({ data: { id: key, source, target, derived: "derived" in other, relation: other.relation } });
    cy.getElementById(key).scratch("item", item);
  }
  arrange(cy, headings);
  const things = cy.nodes("[!heading]").length;
  told.textContent = words.state.replace("#", things).replace("#", cy.edges().length);
}

const opened = () => cy.nodes("[?open]").map((n) => n.id()).filter((id) => id !== first.dataset.id);

async function expand(id) {
  const known = [...lists.querySelectorAll("section.links")].find((s) => s.dataset.id === id);
  if (known) return known;
  try {
    const answer = await fetch(addressOf(id), { headers: { Accept: "text/html" } });
    // A thing without the chosen relation has no such page: it stays as it is.
    if (!answer.ok) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const section = document.importNode(page.querySelector("section.links"), true);
    lists.append(section);
    add(section, NEW);
    history.replaceState(null, "", `#${opened().map(encodeURIComponent).join(",")}`);
    return section;
  } catch {
    told.textContent = words.failed;
    return null;
  }
}

function link(text, href) {
  const made = document.createElement("a");
  made.href = href;
  made.textContent = text;
  return made;
}

const pageOf = (id) => [...lists.querySelectorAll("li[data-id]")].find((li) => li.dataset.id === id)?.querySelector("a:not(.more)")?.getAttribute("href")
  ?? `/${lang}/thing/${id}`;

cy.on("tap", "node", async ({ target }) => {
  chosen.replaceChildren(`${target.data("label")} `, link(words.page, pageOf(target.id())));
  chosen.hidden = false;
  await expand(target.id());
});
cy.on("tap", "edge", ({ target }) => {
  const item = target.scratch("item");
  const sentence = `${target.source().data("label")} → ${target.data("relation")} → ${target.target().data("label")} `;
  chosen.replaceChildren(sentence, item.querySelector(".chips").cloneNode(true));
  chosen.hidden = false;
});

lists.addEventListener("click", async (event) => {
  const more = event.target.closest("a.more");
  if (!more || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const section = await expand(more.closest("li").dataset.id);
  const heading = section?.querySelector("h2");
  if (heading) {
    heading.tabIndex = -1;
    heading.focus();
  }
});

const deeds = {
  fit: () => show(cy),
  again: () => {
    history.replaceState(null, "", location.pathname + location.search);
    location.reload();
  },
  svg: () => save(cy, first.dataset.id.replace(":", "-"), "svg"),
  png: () => save(cy, first.dataset.id.replace(":", "-"), "png"),
};
drawn.addEventListener("click", (event) => deeds[event.target.dataset.do]?.());

add(first, Infinity);
for (const id of location.hash.slice(1).split(",").filter(Boolean)) await expand(decodeURIComponent(id));
document.documentElement.dataset.graph = "ready";
window.reegraph = cy; // for a console, and for tests

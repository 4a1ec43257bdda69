// The page: columns come once, then every window, filter and picture is made here. Only text is asked from the server.
import { applyTheme } from "./app/chrome.mjs";
import { Columns } from "./app/columns.mjs";
import { byId, present } from "./app/dom.mjs";
import { Lists } from "./app/lists.mjs";
import { Live } from "./app/live.mjs";
import { Page, columnsAsked, shapesAsked } from "./app/page.mjs";
import { Scope } from "./app/scope.mjs";
import { State } from "./app/state.mjs";
import { takeFiles } from "./app/upload.mjs";

const state = new State(location, history);
applyTheme(state.value);
document.documentElement.toggleAttribute("data-present", state.value.present);

const asked = columnsAsked();
const lists = new Lists();
const firstList = lists.ask(state.value);
const shapes = shapesAsked();
const config = JSON.parse(byId("config").textContent);
const labels = Object.fromEntries(
  Object.entries(config.labels).map(([facet, names]) => [
    facet,
    word => names[word] ?? (word ? word[0].toUpperCase() + word.slice(1).replaceAll("_", " ") : "Not stated"),
  ]),
);

const PATIENCE = 1500; // milliseconds that the map waits for the first list

async function start() {
  const arriving = Columns.arriving(await asked);
  const { value: columns } = await arriving.next();
  document.documentElement.toggleAttribute("data-empty", columns.n === 0);
  await present("#timeline");
  lists.show(firstList);
  if (columns.words.coding.includes("machine")) state.sayCoding();
  if (columns.counted) for await (const _ of arriving); // the first counts are small: they are taken whole
  const scope = columns.counted ? new Scope(columns, state) : null;
  await scope?.begin();
  const page = new Page(columns, scope, { state, lists, labels, config });
  const listed = Promise.race([firstList, new Promise(done => setTimeout(done, PATIENCE))]);
  const grown = listed.then(async () => {
    for await (const _ of arriving) if (!scope) page.grown();
  });
  const live = new Live(
    () => ({ version: page.columns.header.version, claims: page.columns.claims }),
    () => grown.then(() => page.renew()),
  );
  window.conflictMap = { page, state, live }; // for tests and the curious; nothing in the page reads it
  takeFiles(config.upload_bytes, said => grown.then(() => page.loaded(said)).then(() => live.look()));
  document.documentElement.dataset.ready = "list";
  await listed;
  // plotly.js is large: it comes after the first list
  await Promise.all([page.attachMap(config.graph, shapes), grown]);
}

start().catch(error => {
  console.error(error);
  present("#notice").then(node => {
    node.textContent = `The map could not start: ${error.message}. Reload the page; if it stays, see the server's log.`;
  });
});

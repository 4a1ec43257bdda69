// Files dropped anywhere on the page, or chosen: the dialog itself is fetched when it is first needed.
import { byId } from "./dom.mjs";

const carriesFiles = e => [...(e.dataTransfer?.types ?? [])].includes("Files");

/** Files of a drop, those inside dropped folders included. */
async function dropped(transfer) {
  const entries = [...transfer.items].map(item => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.some(entry => entry.isDirectory)) return [...transfer.files];
  const walk = async entry => {
    if (entry.isFile) return [await new Promise((done, fail) => entry.file(done, fail))];
    const reader = entry.createReader();
    const inside = [];
    for (let batch; (batch = await new Promise((done, fail) => reader.readEntries(done, fail))).length;)
      inside.push(...batch);
    return (await Promise.all(inside.map(walk))).flat();
  };
  return (await Promise.all(entries.map(walk))).flat().filter(file => !file.name.startsWith("."));
}

/** Take files for the server, at most `limit` bytes (undefined: it takes none); `loaded` is called after a load. */
export function takeFiles(limit, loaded) {
  const root = document.documentElement;
  let dialog;
  const open = async files => {
    dialog ??= import("../upload/dialog.mjs").then(
      ({ UploadDialog }) => new UploadDialog(document.querySelector("#upload"), limit, loaded),
    );
    (await dialog).open(files);
  };
  document.querySelector("#add-data")?.addEventListener("click", () => open([]));
  addEventListener("dragover", e => {
    if (!carriesFiles(e)) return;
    e.preventDefault();
    e.dataTransfer.dropEffect = limit ? "copy" : "none";
    root.toggleAttribute("data-dropping", Boolean(limit));
  });
  addEventListener("dragleave", e => {
    if (!e.relatedTarget) root.removeAttribute("data-dropping");
  });
  addEventListener("drop", async e => {
    if (!carriesFiles(e)) return;
    e.preventDefault(); // or the browser would leave the page for the file
    root.removeAttribute("data-dropping");
    if (limit) open(await dropped(e.dataTransfer));
    else byId("notice").textContent = "This server takes no files here: use conflict-map import FILE.";
  });
}

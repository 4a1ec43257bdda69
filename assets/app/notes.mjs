// What readers keep: notes and tags on the card, saved views. The server keeps them; who writes, the browser remembers.
import { byId, el, numeral } from "./dom.mjs";
import { format, several } from "./state.mjs";
import { say } from "./transport.mjs";

const SHOWN = 5;
const AUTHOR = "conflict-map:author";
const day = iso => new Date(iso).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" });

/** "3 taken in, 1 known already, 1 refused: line 4: ...". */
const taken = ({ new: fresh, known, refused }) => [
  el(
    "p",
    {},
    [
      [fresh, "taken in"],
      [known, "known already"],
      [refused.length, "refused"],
    ]
      .filter(([n], k) => n || !k)
      .map(([n, word]) => `${numeral(n)} ${word}`)
      .join(", "),
  ),
  ...(refused.length
    ? [
        el(
          "ul",
          {},
          ...refused.slice(0, SHOWN).map(why => el("li", {}, why)),
          ...(refused.length > SHOWN ? [el("li", {}, `and ${numeral(refused.length - SHOWN)} more`)] : []),
        ),
      ]
    : []),
];

export class Notes {
  constructor(state) {
    Object.assign(this, { state, entries: [], tags: {}, writes: false });
    this.known = this.load();
    state.on(["sel"], () => this.card());
    byId("views").addEventListener("beforetoggle", e => {
      if (e.newState === "open") this.known.then(() => this.views());
    });
    this.card();
  }

  async load() {
    const answer = await fetch("/notes").catch(() => null);
    if (answer?.ok) Object.assign(this, await answer.json());
  }

  get author() {
    return localStorage.getItem(AUTHOR) ?? "";
  }

  /** Send what the author has to say; the answer as it is kept, or null where it was refused, which is said. */
  async tell(route, told) {
    const answer = await fetch(route, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ author: this.author, ...told }),
    });
    const kept = await answer.json();
    if (answer.ok) return kept;
    say(kept.error ?? "It could not be kept");
    return null;
  }

  async write(entry) {
    if (!(await this.tell("/notes", entry))) return;
    this.known = this.load();
    await this.known;
    dispatchEvent(new Event("conflict-map:notes"));
  }

  /** A field for the author's name where it is not known yet. */
  signature() {
    if (this.author) return null;
    return el("input", {
      class: "note-field",
      placeholder: "Your name, kept in this browser",
      "aria-label": "Your name",
      required: true,
      onchange: e => localStorage.setItem(AUTHOR, e.target.value.trim()),
    });
  }

  /** The notes of the claim whose card is open. */
  async card() {
    const node = byId("notes");
    const { sel } = this.state.value;
    const one = sel && !several(sel);
    await this.known;
    if (sel !== this.state.value.sel) return;
    const mine = this.entries.filter(e => e.kind === "note" && e.claim_id === sel);
    node.hidden = !one || !(mine.length || this.writes);
    if (node.hidden) return;
    const again = async task => {
      await task;
      this.card();
    };
    const item = note =>
      el(
        "li",
        { class: "note" },
        note.text ? el("p", {}, note.text) : null,
        this.chips(note.tags),
        el(
          "p",
          { class: "muted" },
          `${note.author}, ${day(note.written_at)}`,
          note.revision > 1 ? `, ${note.revision - 1} ${note.revision === 2 ? "edit" : "edits"}` : "",
          ...(this.writes
            ? [
                " · ",
                el(
                  "button",
                  {
                    type: "button",
                    class: "link",
                    onclick: () => {
                      form.elements.text.value = note.text;
                      form.elements.tags.value = note.tags.join(" ");
                      form.dataset.entry = note.entry_id;
                      form.elements.text.focus();
                    },
                  },
                  "edit",
                ),
                " · ",
                el(
                  "button",
                  {
                    type: "button",
                    class: "link",
                    onclick: () =>
                      again(
                        this.write({ ...note, author: this.author || note.author, written_at: null, removed: true }),
                      ),
                  },
                  "remove",
                ),
              ]
            : []),
        ),
      );
    const form = el(
      "form",
      {
        class: "note-form",
        onsubmit: e => {
          e.preventDefault();
          const { text, tags } = form.elements;
          if (!text.value.trim() && !tags.value.trim()) return;
          again(
            this.write({
              kind: "note",
              claim_id: sel,
              text: text.value.trim(),
              tags: tags.value.split(/[\s,]+/).filter(Boolean),
              entry_id: form.dataset.entry ?? "",
            }),
          );
        },
      },
      el("textarea", {
        name: "text",
        class: "note-field",
        rows: "2",
        placeholder: "A note on this claim",
        "aria-label": "A note on this claim",
      }),
      el("input", {
        name: "tags",
        class: "note-field",
        placeholder: "Tags, apart by spaces",
        "aria-label": "Tags",
        list: "known-tags",
      }),
      el("datalist", { id: "known-tags" }, ...Object.keys(this.tags).map(tag => el("option", { value: tag }))),
      this.signature(),
      el("button", { class: "plain" }, "Keep"),
    );
    node.replaceChildren(
      el("h3", {}, "Notes"),
      ...(mine.length ? [el("ul", { class: "plain-list" }, ...mine.map(item))] : []),
      ...(this.writes ? [form] : []),
    );
  }

  chips(tags) {
    const turn = tag => {
      const on = this.state.value.tag.split(",").filter(Boolean);
      this.state.set(
        { tag: on.includes(tag) ? on.filter(t => t !== tag).join(",") : [...on, tag].join(",") },
        { record: true },
      );
    };
    return tags.length
      ? el(
          "p",
          { class: "tags" },
          ...tags.map(tag =>
            el(
              "button",
              { type: "button", class: "tag", title: `Show only claims tagged ${tag}`, onclick: () => turn(tag) },
              tag,
            ),
          ),
        )
      : null;
  }

  /** Saved views: each is an address. */
  views(news = []) {
    const node = byId("views");
    const kept = this.entries.filter(e => e.kind === "view");
    const again = async task => {
      await task;
      this.views();
    };
    const item = view =>
      el(
        "li",
        {},
        el(
          "a",
          { class: "take", href: `?${view.address}` },
          el("b", {}, view.text),
          el("span", {}, `${view.author}, ${day(view.written_at)}`),
        ),
        this.writes
          ? el(
              "button",
              {
                type: "button",
                class: "quiet",
                "aria-label": `Remove ${view.text}`,
                onclick: () =>
                  again(this.write({ ...view, author: this.author || view.author, written_at: null, removed: true })),
              },
              "remove",
            )
          : null,
      );
    const form = el(
      "form",
      {
        class: "note-form",
        onsubmit: e => {
          e.preventDefault();
          again(
            this.write({
              kind: "view",
              text: form.elements.name.value.trim(),
              address: format(this.state.value, { plain: !this.state.machine }),
            }),
          );
        },
      },
      el("input", {
        name: "name",
        class: "note-field",
        required: true,
        placeholder: "A name for this view",
        "aria-label": "A name for this view",
      }),
      this.signature(),
      el("button", { class: "plain" }, "Save this view"),
    );
    const tags = this.chips(Object.keys(this.tags));
    node.replaceChildren(
      el("h2", {}, "Saved views"),
      kept.length
        ? el("ul", { class: "plain-list views" }, ...kept.map(item))
        : el("p", { class: "muted" }, "A view is what you see now: filters, window, map and table, under a name."),
      ...(this.writes ? [form] : []),
      ...(tags ? [el("h3", {}, "Tags"), tags] : []),
      ...this.carried(news),
    );
  }

  /** The way out for all notes and views, and in for those of another store: what became of each line is said. */
  carried(news) {
    const told = el("div", { role: "status", class: "muted note-taken" }, ...news);
    const file = el("input", {
      type: "file",
      accept: ".jsonl",
      hidden: true,
      onchange: async () => {
        const [given] = file.files;
        if (!given) return;
        const answer = await fetch("/notes.jsonl", {
          method: "POST",
          headers: { "Content-Type": "application/jsonl" },
          body: given,
        });
        const found = await answer.json();
        if (!answer.ok) {
          told.textContent = found.error ?? "It could not be taken in";
          return;
        }
        this.known = this.load();
        await this.known;
        this.card();
        this.views(taken(found));
        dispatchEvent(new Event("conflict-map:notes"));
      },
    });
    const ways = [
      el("a", { class: "quiet", href: "/notes.jsonl", download: "notes.jsonl" }, "Take out notes and views"),
    ];
    if (this.writes)
      ways.push(el("button", { type: "button", class: "quiet", onclick: () => file.click() }, "Take in a file"), file);
    return [el("p", { class: "note-ways" }, ...ways), told];
  }
}

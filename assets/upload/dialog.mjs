// The upload dialog: what a file holds, how it would be read, what is refused and why; then it is added.
import { el } from "../app/dom.mjs";
import { body, foot, head } from "./parts.mjs";
import { Form } from "./form.mjs";
import { Talk } from "./talk.mjs";

const PACE = 250;
const AT_WORK = new Set(["checking", "waiting", "loading", "stopping"]);

export class UploadDialog {
  /** `limit` in bytes for all files together; `loaded` is called with the report of a load. */
  constructor(node, limit, loaded) {
    Object.assign(this, { node, limit, loaded, talk: new Talk() });
    this.input = el("input", {
      type: "file",
      multiple: true,
      id: "upload-files",
      hidden: true,
      onchange: () => this.take([...this.input.files]),
    });
    [this.head, this.body, this.foot] = ["upload-head", "upload-body", "upload-foot"].map(name =>
      el("div", { class: name }),
    );
    node.replaceChildren(this.input, this.head, this.body, this.foot);
    node.addEventListener("keydown", e => e.stopPropagation()); // the page's keys rest meanwhile
    node.addEventListener("cancel", e => {
      if (this.said.state === "loading") e.preventDefault();
    });
    node.addEventListener("close", () => this.forget());
    node.addEventListener("click", e => this.click(e));
    node.addEventListener("change", e => {
      if (e.target.matches("[data-pick]")) this.pick(e.target);
    });
    addEventListener("pagehide", () => this.talk.end());
    this.forget();
  }

  open(files) {
    if (this.node.open && this.said.state === "loading") return;
    if (!this.node.open) this.node.showModal();
    if (files.length) this.take(files);
    else this.draw();
  }

  forget() {
    clearTimeout(this.timer);
    this.talk.end();
    this.talk = new Talk();
    Object.assign(this, { said: { state: "empty" }, files: [], form: null, chosen: {}, sent: 0 });
    this.input.value = "";
  }

  click({ target }) {
    const act = target.closest("[data-act]")?.dataset.act;
    if (act) this[act]?.(target.closest("[data-act]"));
  }

  choose() {
    this.input.click();
  }

  close() {
    this.node.close();
  }

  again() {
    this.forget();
    this.draw();
  }

  /** Hand the files over and look at them. */
  async take(files) {
    this.forget();
    this.files = files;
    this.size = files.reduce((sum, file) => sum + file.size, 0);
    if (this.size > this.limit) {
      const these = files.length > 1 ? "These files are" : "This file is";
      this.fail({
        message: `${these} larger than the ${Math.floor(this.limit / 2 ** 20)} MB that are taken here`,
        remedy: "On the command line, conflict-map import takes files of any size.",
      });
      return;
    }
    const talk = this.talk;
    this.said = { state: "sending" };
    this.draw();
    try {
      await talk.begin();
      let before = 0;
      for (const file of files) {
        await talk.hand(file, bytes => {
          this.sent = before + bytes;
          this.draw();
        });
        before += file.size;
      }
      await this.check();
    } catch (error) {
      if (talk === this.talk && error.name !== "AbortError") this.fail(error);
    }
  }

  command() {
    return { ...this.chosen, ...(this.form ? { mapping: this.form.value } : {}) };
  }

  /** Read without storing; asked anew whenever the mapping is changed. */
  async check() {
    await this.ask(() => this.talk.check(this.command()));
  }

  async load() {
    await this.ask(() => this.talk.load(this.command()));
  }

  async stop() {
    await this.ask(() => this.talk.stop());
  }

  async ask(question) {
    clearTimeout(this.timer);
    const talk = this.talk;
    try {
      const said = await question();
      if (talk === this.talk) this.hear(said);
    } catch (error) {
      if (talk === this.talk) this.fail(error);
    }
  }

  /** What the server knows by now; asked again while it is at work. */
  hear(said) {
    const done = said.state === "loaded" && this.said.state !== "loaded";
    this.said = said;
    if (said.look?.mapping && !this.form)
      this.form = new Form(said.look, () => {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.check(), 350);
      });
    this.draw();
    if (done || (said.state === "stopped" && said.added)) this.loaded(said);
    if (AT_WORK.has(said.state)) this.timer = setTimeout(() => this.ask(() => this.talk.tell()), PACE);
  }

  fail({ message, remedy = "" }) {
    this.said = { ...this.said, state: "failed", error: { what: message, remedy } };
    this.draw();
  }

  /** Another of the files, or another sheet. */
  pick(select) {
    this.form = null;
    this.chosen = { ...(select.name === "file" ? {} : this.chosen), [select.name]: select.value };
    this.check();
  }

  draw() {
    const { said } = this;
    this.node.dataset.state = said.state;
    put(this.head, head(this));
    put(this.body, body(this));
    put(this.foot, foot(this));
  }
}

/** Show `nodes` in a part of the dialog. What is the same stays, and the form is never moved: typing goes on. */
function put(part, nodes) {
  const fresh = nodes.filter(Boolean);
  const drop = node => {
    const next = node.nextSibling;
    node.remove();
    return next;
  };
  let here = part.firstChild;
  for (const node of fresh) {
    while (here && node.parentNode === part && here !== node) here = drop(here);
    if (here === node) here = here.nextSibling;
    else if (!here || fresh.includes(here)) part.insertBefore(node, here);
    else {
      const next = here.nextSibling;
      if (!here.isEqualNode(node)) here.replaceWith(node);
      here = next;
    }
  }
  while (here) here = drop(here);
}

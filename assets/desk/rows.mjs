// Rows of the table as the server has them, a page at a time, and the lines they make with the headings of groups
// between them.
const PAGE = 100; // rows
const KEPT = 60; // pages

export class Rows {
  constructor(arrived) {
    Object.assign(this, { arrived, pages: new Map(), groups: [], closed: new Set(), total: 0, starts: [] });
  }

  /**
   * Turn to another query; resolves when its first rows (or those around the claim `find`) are there, with that claim's
   * number.
   */
  async ask(address, find = "") {
    const asked = (this.address = address);
    const found = await this.fetch(find ? `&find=${encodeURIComponent(find)}` : "");
    if (asked !== this.address) return null;
    this.pages = new Map([[found.offset / PAGE, found.rows]]);
    [this.total, this.groups] = [found.total, found.groups];
    this.lay();
    return found.found;
  }

  /** The number of a claim in this order; null if it is not in view. Its page is there afterwards. */
  async find(id) {
    for (const [page, rows] of this.pages) {
      const at = Array.isArray(rows) ? rows.findIndex(row => row.claim_id === id) : -1;
      if (at >= 0) return page * PAGE + at;
    }
    const asked = this.address;
    const { offset, rows, found } = await this.fetch(`&offset=0&find=${encodeURIComponent(id)}`);
    if (asked !== this.address || found === null) return null;
    this.pages.set(offset / PAGE, rows);
    return found;
  }

  async fetch(more) {
    const answer = await fetch(`/table?${this.address}&limit=${PAGE}${more}`);
    if (!answer.ok) throw new Error((await answer.json()).error ?? `the table answered ${answer.status}`);
    return answer.json();
  }

  /** Row n, or null while it is on its way. */
  row(n) {
    const page = Math.floor(n / PAGE);
    const rows = this.pages.get(page);
    if (Array.isArray(rows)) return rows[n % PAGE] ?? null;
    if (!rows) {
      const asked = this.address;
      this.pages.set(
        page,
        this.fetch(`&offset=${page * PAGE}`)
          .then(found => {
            if (asked !== this.address) return;
            this.pages.set(page, found.rows);
            for (const old of [...this.pages.keys()].slice(0, Math.max(0, this.pages.size - KEPT)))
              this.pages.delete(old);
            this.arrived();
          })
          .catch(() => this.pages.delete(page)),
      );
    }
    return null;
  }

  /** Number the lines: a heading for each group, its rows unless it is closed. */
  lay() {
    let at = 0;
    this.starts = this.groups.map(group => {
      const line = at;
      at += 1 + (this.closed.has(group.value) ? 0 : group.claims);
      return line;
    });
    this.lines = this.groups.length ? at : this.total;
  }

  /** Line i: {group} or {row: n}. */
  line(i) {
    if (!this.groups.length) return { row: i };
    let lo = 0;
    let hi = this.starts.length - 1;
    while (lo < hi) {
      const mid = (lo + hi + 1) >> 1;
      if (this.starts[mid] <= i) lo = mid;
      else hi = mid - 1;
    }
    const group = this.groups[lo];
    return i === this.starts[lo] ? { group } : { row: group.start + i - this.starts[lo] - 1 };
  }

  /** The line on which row n stands; its group is opened. */
  lineOf(n) {
    if (!this.groups.length) return n;
    const k = this.groups.findIndex(g => n < g.start + g.claims);
    if (this.closed.delete(this.groups[k].value)) this.lay();
    return this.starts[k] + 1 + n - this.groups[k].start;
  }

  turn(group) {
    if (!this.closed.delete(group.value)) this.closed.add(group.value);
    this.lay();
  }

  fold(all) {
    this.closed = new Set(all ? this.groups.map(g => g.value) : []);
    this.lay();
  }
}

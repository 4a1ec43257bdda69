// What the dialog says to the server: dashboard/uploads/routes.py.

async function answer(response) {
  if (response.status === 204) return {};
  const said = await response.json().catch(() => ({}));
  if (response.ok) return said;
  throw Object.assign(new Error(said.error ?? `the server answered ${response.status}`), { remedy: said.remedy ?? "" });
}

const unreachable = () => {
  throw Object.assign(new Error("the server does not answer"), { remedy: "Is it still running?" });
};
const send = (method, path, body) =>
  fetch(`/uploads${path}`, {
    method,
    headers: body ? { "Content-Type": "application/json" } : {},
    body: body && JSON.stringify(body),
    keepalive: method === "DELETE",
  })
    .catch(unreachable)
    .then(answer);

export class Talk {
  async begin() {
    this.id = (await send("POST", "")).id;
  }

  /** Hand over a file; `sent` is told the bytes sent so far. */
  hand(file, sent) {
    return new Promise((resolve, reject) => {
      const request = (this.request = new XMLHttpRequest()); // fetch cannot tell how much has been sent
      request.open("PUT", `/uploads/${this.id}/files/${encodeURIComponent(file.name)}`);
      request.setRequestHeader("Content-Type", "application/octet-stream");
      request.upload.onprogress = e => sent(e.loaded);
      request.onload = () =>
        answer(new Response(request.response || null, { status: request.status })).then(resolve, reject);
      request.onerror = () =>
        reject(
          Object.assign(new Error("the file could not be sent"), {
            remedy: "It may be larger than the server takes, or the server is gone.",
          }),
        );
      request.onabort = () => reject(new DOMException("", "AbortError"));
      request.send(file);
    });
  }

  check(command) {
    return send("POST", `/${this.id}/check`, command);
  }

  load(command) {
    return send("POST", `/${this.id}/load`, command);
  }

  stop() {
    return send("POST", `/${this.id}/stop`);
  }

  tell() {
    return send("GET", `/${this.id}`);
  }

  get refused() {
    return `/uploads/${this.id}/refused.csv`;
  }

  /** End the upload on the server; nothing of it stays there. */
  end() {
    this.request?.abort();
    const id = this.id;
    this.id = undefined;
    if (id) send("DELETE", `/${id}`).catch(() => {});
  }
}

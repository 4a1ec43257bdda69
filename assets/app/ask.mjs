// Asking the server.

/** An address with what is asked of it; what is empty asks for nothing. */
export const addressed = (path, ...asked) => `${path}?${asked.filter(Boolean).join("&")}`;

/** The answer of an address; an error that names it where there is none. */
export async function answered(address, options) {
  const answer = await fetch(address, options);
  if (answer.ok) return answer;
  throw new Error(`${address.split("?")[0]} answered ${answer.status}`);
}

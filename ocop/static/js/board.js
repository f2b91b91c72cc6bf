// Asks again every two seconds while the server still works on something ([data-busy] inside [data-poll]),
// and puts the fresh piece in place of the old. Without this file: load the page again.
(() => {
  "use strict";
  const EVERY_MS = 2000;

  function replace(part, html) {
    const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("[data-poll]");
    if (!fresh || fresh.innerHTML === part.innerHTML) return;
    const open = document.activeElement;
    const again = part.contains(open) && open.getAttribute("href");
    part.replaceChildren(...fresh.childNodes);
    if (again) part.querySelector(`[href="${CSS.escape(again)}"]`)?.focus();
  }

  async function look(part) {
    if (document.hidden || !part.querySelector("[data-busy]")) return;
    try {
      const answer = await fetch(part.dataset.poll, { headers: { "X-Requested-With": "fetch" } });
      if (answer.ok && !answer.redirected) replace(part, await answer.text());
    } catch {
      // offline: the next look tries again
    }
  }

  for (const part of document.querySelectorAll("[data-poll]")) {
    const again = () => look(part).finally(() => setTimeout(again, EVERY_MS));
    setTimeout(again, EVERY_MS);
  }
})();

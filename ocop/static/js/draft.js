// Saves what is typed, 800 ms after the last key, into the draft on the server: form[data-autosave-url].
// Files travel by photos.js. Every sentence comes from the data-say-… of [data-saved] (components/saved.html).
// An answer in HTML refreshes the parts of the page that carry the same id (what each marketplace still misses).
(() => {
  "use strict";
  const PAUSE_MS = 800;
  const AGAIN_MS = 10000;

  function typed(form) {
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string" && name !== "once") body.append(name, value);
    }
    return body;
  }

  function refresh(html) {
    const fresh = new DOMParser().parseFromString(html, "text/html");
    for (const part of fresh.querySelectorAll("[id]")) {
      document.getElementById(part.id)?.replaceChildren(...part.childNodes);
    }
  }

  function keepSaving(form) {
    const status = form.querySelector("[data-saved]");
    const say = status ? status.dataset : {};
    let timer, running = false, leaving = false, lastSent = typed(form).toString();

    function tell(sentence, trouble) {
      if (!status) return;
      status.toggleAttribute("data-trouble", trouble);
      status.textContent = sentence;
    }

    function tellSaved() {
      const now = new Date();
      const hour = `${now.getHours()}:${String(now.getMinutes()).padStart(2, "0")}`;
      tell(say.saySaved.replace("{giờ}", hour), false);
    }

    function later(wait) {
      clearTimeout(timer);
      timer = setTimeout(save, wait);
    }

    async function save() {
      clearTimeout(timer);
      const body = typed(form);
      const sending = body.toString();
      if (leaving || sending === lastSent) return;
      if (running) return later(PAUSE_MS);
      running = true;
      try {
        const answer = await fetch(form.dataset.autosaveUrl, {
          method: "POST", body, keepalive: sending.length < 60000, headers: { "X-Requested-With": "fetch" },
        });
        if (answer.redirected || answer.status === 401 || answer.status === 403) return tell(say.sayLocked, true);
        if (answer.status === 404) return tell(say.sayGone, true);
        if (answer.status === 409) return tell(await answer.text(), true);
        if (!answer.ok) { later(AGAIN_MS); return tell(say.sayBusy, true); }
        lastSent = sending;
        tellSaved();
        if ((answer.headers.get("Content-Type") || "").startsWith("text/html")) refresh(await answer.text());
      } catch {
        tell(say.sayOffline, true);
        later(AGAIN_MS);
      } finally {
        running = false;
      }
    }

    form.addEventListener("input", (event) => { if (event.target.type !== "file") later(PAUSE_MS); });
    // A sent form is no draft any more: nothing may be saved behind its back while the page goes away.
    form.addEventListener("submit", (event) => { leaving = !event.defaultPrevented; });
    window.addEventListener("pageshow", () => { leaving = false; });
    window.addEventListener("online", save);
    document.addEventListener("visibilitychange", () => { if (document.hidden) save(); });
  }

  document.querySelectorAll("form[data-autosave-url]").forEach(keepSaving);
})();

// Commune search as one types. The answer of the server is a ready list of radio buttons (commune_options.html).
// Without this file the "Tìm" button posts the form and the page comes back with the same list.
(() => {
  "use strict";
  const PAUSE_MS = 300;

  function enhance(picker) {
    const input = picker.querySelector("input[type=search]");
    const results = picker.querySelector("[data-places-results]");
    let timer, latest = 0;

    async function search() {
      const words = input.value.trim();
      if (words.length < 2) return;
      const mine = ++latest;
      const query = new URLSearchParams({ q: words, name: picker.dataset.name });
      try {
        const answer = await fetch(`${picker.dataset.searchUrl}?${query}`, { headers: { "X-Requested-With": "fetch" } });
        if (!answer.ok || answer.redirected) return;
        const html = await answer.text();
        if (mine === latest) results.innerHTML = html;
      } catch {
        // offline: what was found before stays, the button still works later
      }
    }

    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(search, PAUSE_MS);
    });
    const searchNow = (event) => {
      event.preventDefault();
      clearTimeout(timer);
      search();
    };
    picker.querySelector("button[name=find_commune]").addEventListener("click", searchNow);
    input.addEventListener("keydown", (event) => { if (event.key === "Enter") searchNow(event); });
  }

  document.querySelectorAll("[data-places]").forEach(enhance);
})();

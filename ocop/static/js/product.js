// Shows the questions of the kind of goods just chosen: [data-not-of] lists the sets that are not asked.
// Without this file: the button under the list, and the page comes back with the right questions.
(() => {
  "use strict";
  const chooser = document.querySelector("[data-set-chooser]");
  if (!chooser) return;

  function show() {
    if (!chooser.value) return;
    for (const part of document.querySelectorAll("[data-not-of]")) {
      part.hidden = part.dataset.notOf.split(" ").includes(chooser.value);
    }
  }

  chooser.addEventListener("change", show);
  show();
})();

// A photo that came or went changes what is still missing: let draft.js save and ask again.
(() => {
  "use strict";
  const list = document.querySelector("#product [data-photo-list]");
  if (!list) return;
  new MutationObserver(() => list.dispatchEvent(new Event("input", { bubbles: true }))).observe(list, { childList: true });
})();

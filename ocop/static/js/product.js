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

  // What was taken over from an older product does not fit goods of another group. The server gives it back:
  // the page is sent as the button beside the list would, and comes back right.
  const group = () => chooser.selectedOptions[0]?.parentElement;
  const before = group();

  function ask() {
    const source = chooser.form.elements.copied_from;
    if (!source?.value || !chooser.value || group() === before) return show();
    const again = document.createElement("button");
    Object.assign(again, { name: "press", value: "set", hidden: true });
    chooser.form.append(again);
    chooser.form.requestSubmit(again);
  }

  chooser.addEventListener("change", ask);
  show();
})();

// A photo that came or went changes what is still missing: let draft.js save and ask again.
(() => {
  "use strict";
  const list = document.querySelector("#product [data-photo-list]");
  if (!list) return;
  new MutationObserver(() => list.dispatchEvent(new Event("input", { bubbles: true }))).observe(list, { childList: true });
})();

// A copy button beside each text of copy_text(): the clerk carries words into a marketplace's own form.
// navigator.clipboard exists only over HTTPS; on a commune's plain http address the old command still works.
(() => {
  "use strict";

  async function copy(box) {
    box.select();
    if (navigator.clipboard) return navigator.clipboard.writeText(box.value);
    if (!document.execCommand("copy")) throw new Error("copy refused");
  }

  for (const part of document.querySelectorAll("[data-copy]")) {
    const box = part.querySelector("textarea, input");
    const button = part.querySelector("[data-copy-button]");
    const word = button.querySelector("span");
    const before = word.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await copy(box);
        word.textContent = button.dataset.done;
        setTimeout(() => { word.textContent = button.dataset.again || before; }, 4000);
      } catch {
        box.focus(); // the text stays selected, to be copied by hand
      }
    });
  }
})();

// A shared machine that nobody touches for ten minutes locks itself. The server locks by itself as well; this takes
// away what still stands on the screen.
(() => {
  "use strict";
  const tenMinutes = 10 * 60 * 1000;
  const form = document.getElementById("lock");
  if (!form) return;
  let timer;
  const rest = () => {
    clearTimeout(timer);
    timer = setTimeout(() => form.submit(), tenMinutes);
  };
  for (const what of ["keydown", "pointerdown", "input", "scroll"]) {
    addEventListener(what, rest, { passive: true, capture: true });
  }
  rest();
})();

// Photos on a slow network: shrink each picture in the browser, show it at once, send one at a time
// while the person types on. Order by drag; the arrow buttons work without a new page.
// Every answer may be a whole page or a piece of one: the [data-photo-list] in it is what the server has kept.
// What is not yet sent stays in the file input, so an ordinary submit carries the rest.
(() => {
  "use strict";
  const LONGEST_SIDE = 2048;
  const QUALITY = 0.85;
  const AGAIN_MS = 10000;

  async function shrink(file) {
    let bitmap;
    try {
      bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    } catch {
      return { file, seen: false }; // HEIC on Android, or no picture at all: the server decides
    }
    const scale = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(bitmap.width * scale);
    canvas.height = Math.round(bitmap.height * scale);
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#fff"; // a transparent PNG would turn black as JPEG
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    if (!blob || (scale === 1 && blob.size > file.size)) return { file, seen: true };
    return { file: new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" }), seen: true };
  }

  function onceKey() {
    return [...crypto.getRandomValues(new Uint8Array(12))].map((n) => n.toString(16).padStart(2, "0")).join("");
  }

  /** Posts fields with this page's csrf key; gives the new list, or throws: TypeError offline, Error(sentence) refused. */
  async function post(url, fields, failed) {
    const body = new FormData();
    body.append("csrf", document.querySelector("input[name=csrf]").value);
    for (const [name, value] of Object.entries(fields)) body.append(name, value);
    const answer = await fetch(url, { method: "POST", body, headers: { "X-Requested-With": "fetch" } });
    const text = await answer.text();
    const isHtml = (answer.headers.get("Content-Type") || "").startsWith("text/html");
    const page = new DOMParser().parseFromString(isHtml ? text : "", "text/html");
    const list = page.querySelector("[data-photo-list]");
    if (answer.ok && list) return list;
    const said = isHtml ? page.querySelector(".field-error span, .errors li")?.textContent : text;
    throw new Error(said || failed);
  }

  function enhance(picker) {
    const say = picker.dataset;
    const input = picker.querySelector("input[type=file]");
    const list = picker.querySelector("[data-photo-list]");
    const status = picker.querySelector("[data-photo-status]");
    const template = picker.querySelector("[data-photo-template]");
    const drop = picker.querySelector(".picker");
    const orderForm = say.photoForm && document.getElementById(say.photoForm);
    let pending = [], shrinking = 0, sending = false, timer, waitingSubmit = null;

    drop.classList.add("picker-ready");

    function tell(sentence, trouble = false) {
      status.textContent = sentence;
      status.toggleAttribute("data-trouble", trouble);
    }

    function keepUnsentInInput() {
      const transfer = new DataTransfer();
      for (const item of pending) transfer.items.add(item.file);
      input.files = transfer.files;
    }

    function forget(item) {
      pending = pending.filter((other) => other !== item);
      URL.revokeObjectURL(item.url);
      item.tile.remove();
      keepUnsentInInput();
    }

    function preview(file, seen) {
      const tile = template.content.cloneNode(true).querySelector("li");
      const item = { file, tile, url: URL.createObjectURL(file), once: onceKey() };
      const image = tile.querySelector("img");
      if (seen) image.src = item.url; else image.remove();
      tile.querySelector("[data-words]").textContent = say.uploadUrl ? say.saySending : file.name;
      tile.querySelector("[data-forget]").addEventListener("click", () => forget(item));
      list.append(tile);
      return item;
    }

    function show(kept) {
      const focused = document.activeElement?.value;
      list.querySelectorAll("[data-photo]").forEach((tile) => tile.remove());
      list.prepend(...kept.querySelectorAll("[data-photo]"));
      makeDraggable();
      if (focused) list.querySelector(`button[value="${CSS.escape(focused)}"]`)?.focus();
    }

    async function sendOne(item) {
      const kept = await post(say.uploadUrl, { once: item.once, [input.name]: item.file }, say.sayFailed);
      forget(item);
      show(kept);
    }

    async function sendAll() {
      clearTimeout(timer);
      if (!say.uploadUrl || sending) return;
      sending = true;
      try {
        while (pending.length) {
          tell(`${say.saySending} (${pending.length})`);
          const item = pending[0];
          try {
            await sendOne(item);
          } catch (error) {
            if (error instanceof TypeError) throw error;
            pending.shift(); // refused: say why on its tile, do not send it again with the form
            item.tile.querySelector("[data-words]").textContent = error.message;
            keepUnsentInInput();
          }
        }
        tell("");
      } catch {
        tell(say.sayWaiting, true);
        timer = setTimeout(sendAll, AGAIN_MS);
      } finally {
        sending = false;
        goOnSubmitting();
      }
    }

    /** The submit that had to wait, once nothing is on its way; offline it goes on waiting. */
    function goOnSubmitting() {
      if (!waitingSubmit || shrinking || sending || (say.uploadUrl && pending.length)) return;
      const { form, submitter } = waitingSubmit;
      waitingSubmit = null;
      form.requestSubmit(submitter);
    }

    async function take(files) {
      shrinking += 1;
      for (const original of files) {
        const { file, seen } = await shrink(original);
        pending.push(preview(file, seen));
      }
      keepUnsentInInput();
      shrinking -= 1;
      if (say.uploadUrl) sendAll(); else goOnSubmitting();
    }

    async function act(action) {
      try {
        show(await post(orderForm.action, { once: onceKey(), photo_action: action }, say.sayFailed));
        tell("");
      } catch (error) {
        tell(error instanceof TypeError ? say.sayWaiting : error.message, true);
      }
    }

    function makeDraggable() {
      if (!orderForm) return;
      list.querySelectorAll("[data-photo]").forEach((tile) => { tile.draggable = true; });
    }

    let dragged = null;
    list.addEventListener("dragstart", (event) => {
      dragged = event.target.closest("[data-photo]");
      dragged?.classList.add("being-dragged");
    });
    list.addEventListener("dragover", (event) => {
      const over = event.target.closest("[data-photo]");
      if (!dragged) return;
      event.preventDefault();
      if (!over || over === dragged) return;
      const before = dragged.compareDocumentPosition(over) & Node.DOCUMENT_POSITION_PRECEDING;
      if (before) over.before(dragged); else over.after(dragged);
    });
    list.addEventListener("dragend", () => {
      if (!dragged) return;
      dragged.classList.remove("being-dragged");
      dragged = null;
      act("order:" + [...list.querySelectorAll("[data-photo]")].map((tile) => tile.dataset.photo).join(","));
    });
    list.addEventListener("click", (event) => {
      const button = event.target.closest("button[name=photo_action]");
      if (!button || !orderForm) return;
      event.preventDefault();
      act(button.value);
    });

    drop.addEventListener("dragover", (event) => {
      if (![...event.dataTransfer.types].includes("Files")) return;
      event.preventDefault();
      drop.classList.add("drop-here");
    });
    drop.addEventListener("dragleave", () => drop.classList.remove("drop-here"));
    drop.addEventListener("drop", (event) => {
      event.preventDefault();
      drop.classList.remove("drop-here");
      take([...event.dataTransfer.files]);
    });

    input.addEventListener("change", () => take([...input.files]));
    input.form?.addEventListener("submit", (event) => {
      if (!shrinking && !sending) return;
      event.preventDefault();
      waitingSubmit = { form: event.target, submitter: event.submitter };
    });
    window.addEventListener("online", sendAll);
    makeDraggable();
  }

  document.querySelectorAll("[data-photo-picker]").forEach(enhance);
})();

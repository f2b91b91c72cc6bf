/* A signature drawn with a finger: the drawing goes into the form as a PNG file, so that sending it is an ordinary
   post. Without this file the page says to use the paper. */
(function () {
  'use strict';
  var box = document.querySelector('[data-signature]');
  var canvas = box && box.querySelector('canvas');
  var input = box && box.querySelector('input[type=file]');
  var button = box && box.closest('form').querySelector('.page-foot button');
  var pen, drawing = false, drawn = 0, last;
  if (!canvas || !canvas.getContext || !window.DataTransfer || !window.PointerEvent) { return; }
  pen = canvas.getContext('2d');

  function clear() {
    pen.fillStyle = '#fff';
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.strokeStyle = '#111';
    pen.lineWidth = 6;
    pen.lineCap = pen.lineJoin = 'round';
    drawn = 0;
    input.value = '';
    button.disabled = true;
  }
  function place(event) {
    var rect = canvas.getBoundingClientRect();
    return {
      x: (event.clientX - rect.left) * canvas.width / rect.width,
      y: (event.clientY - rect.top) * canvas.height / rect.height
    };
  }
  function start(event) {
    drawing = true;
    button.disabled = true;
    last = place(event);
    canvas.setPointerCapture(event.pointerId);
    event.preventDefault();
  }
  function draw(event) {
    var to;
    if (!drawing) { return; }
    to = place(event);
    pen.beginPath();
    pen.moveTo(last.x, last.y);
    pen.lineTo(to.x, to.y);
    pen.stroke();
    drawn += Math.abs(to.x - last.x) + Math.abs(to.y - last.y);
    last = to;
  }
  /** A dot by mistake is no signature: the button opens after a stroke of some length. */
  function stop() {
    if (!drawing) { return; }
    drawing = false;
    if (drawn < canvas.width / 6) { return; }
    canvas.toBlob(function (blob) {
      var files = new DataTransfer();
      files.items.add(new File([blob], 'chu-ky.png', { type: 'image/png' }));
      input.files = files.files;
      button.disabled = false;
    }, 'image/png');
  }
  canvas.addEventListener('pointerdown', start);
  canvas.addEventListener('pointermove', draw);
  canvas.addEventListener('pointerup', stop);
  canvas.addEventListener('pointercancel', stop);
  box.querySelector('[data-again]').addEventListener('click', clear);
  box.querySelector('[data-no-signature]').hidden = true;
  box.querySelector('[data-signature-area]').hidden = false;
  clear();
}());

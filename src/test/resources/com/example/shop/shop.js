import { Holdfast } from './holdfast.js';

const holdfast = new Holdfast({ token: location.hash.slice(1) });

holdfast.on('message', ({ channel, data }) =>
  channel === 'chat:lobby'
    ? append('lines', `${data.from}: ${data.text}`)
    : append('messages', `Order ${data.confirmed} is confirmed`),
);

onSubmit('chat', async ({ text }) => {
  await holdfast.publish('chat:lobby', { text });
  return '';
});

onSubmit('order', async ({ order, article, pieces }) => {
  const confirmed = await holdfast.rpc('confirm-order', { order, items: [{ article, pieces: Number(pieces) }] });
  return `Ordered: ${confirmed.pieces} pieces`;
});

holdfast.connect();
const entered = holdfast.subscribe('chat:lobby');

/** Shows in the form what became of it: also what the server says if it refuses. */
function onSubmit(id, send) {
  const form = document.getElementById(id);
  const output = form.querySelector('output');
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    output.className = '';
    output.value = '…';
    try {
      await entered;
      output.value = await send(Object.fromEntries(new FormData(form)));
    } catch (error) {
      output.className = 'refused';
      output.value = error.message;
    }
  });
}

function append(list, text) {
  const line = document.createElement('li');
  line.textContent = text;
  document.getElementById(list).append(line);
}

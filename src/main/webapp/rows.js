/** Rows of the two lists, and faults of fields. They are made of text: nothing that was received is interpreted as HTML. */

/** A received message. Its age counts from the time in data-since. */
export function messageRow(message) {
  const row = document.createElement('li');
  row.dataset.offset = message.offset;
  row.dataset.since = message.receivedAt.getTime();
  row.append(
    span('offset', message.offset ? `#${message.offset}` : 'live'),
    span('body', readable(message.data)),
    span('age', 'now'),
  );
  return row;
}

/** A sent message with its state. */
export function sentRow(client, text, receipt) {
  const row = document.createElement('li');
  row.append(span('body', text), span('to', `to ${client}, #${receipt.offset}`));
  setChip(row, 'queued', 'queued');
  return row;
}

/** Adds to the line with the recipient; an empty text takes it back. */
export function setNote(row, text) {
  row.querySelector('.note')?.remove();
  if (text) {
    row.querySelector('.to').append(' ', span('note', text));
  }
}

/** Sets the row's chip. */
export function setChip(row, text, state) {
  let chip = row.querySelector('.chip');
  if (!chip) {
    chip = span('chip', '');
    row.append(chip);
  }
  if (chip.textContent !== text) {
    chip.textContent = text;
  }
  if (state) {
    chip.dataset.state = state;
  }
}

/** Says at a field what is wrong with it; an empty text takes it back. */
export function fault(field, text) {
  document.getElementById(`${field}-error`).textContent = text;
  const input = document.getElementById(field);
  if (text) {
    input.setAttribute('aria-invalid', 'true');
  } else {
    input.removeAttribute('aria-invalid');
  }
}

/** How long ago, in the largest unit that fits. */
export function age(sinceMillis) {
  const seconds = Math.max(0, Math.round((Date.now() - sinceMillis) / 1000));
  if (seconds < 2) {
    return 'now';
  }
  if (seconds < 60) {
    return `${seconds} s ago`;
  }
  if (seconds < 3600) {
    return `${Math.floor(seconds / 60)} min ago`;
  }
  return seconds < 86400 ? `${Math.floor(seconds / 3600)} h ago` : `${Math.floor(seconds / 86400)} d ago`;
}

function readable(data) {
  if (typeof data === 'string') {
    return data;
  }
  const plain = data && typeof data === 'object' && typeof data.text === 'string' && Object.keys(data).length === 1;
  return plain ? data.text : JSON.stringify(data);
}

function span(name, text) {
  const element = document.createElement('span');
  element.className = name;
  element.textContent = text;
  return element;
}

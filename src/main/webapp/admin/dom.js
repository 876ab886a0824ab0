/** Elements, made of text: nothing that comes from a server is ever interpreted as HTML. */

/**
 * Makes an element.
 *
 * @param {string} name such as 'p' or 'p.muted.small'
 * @param {object} [attributes] functions are listeners; null, undefined and false are left out
 * @param {...any} children nodes, or values that are shown as text; null, undefined and false are left out
 */
export function h(name, attributes, ...children) {
  const [tag, ...classes] = name.split('.');
  const element = document.createElement(tag);
  element.className = classes.join(' ');
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (typeof value === 'function') {
      element.addEventListener(key, value);
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(key, value === true ? '' : value);
    }
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const $ = (id) => document.getElementById(id);

/** A name or a payload in its own direction: one in Hebrew or with an override does not turn round what is beside it. */
export function name(text, tag = 'bdi') {
  const shown = String(text);
  return h(`${tag}.name`, { dir: 'auto', title: shown.length > 40 ? shown : null }, visible(shown));
}

/** Characters that cannot be seen, or that change the direction of what follows, as their numbers. */
export function visible(text) {
  return text.replace(
    /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
    (character) => `\u27e8U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}\u27e9`,
  );
}

const MOST_ON_ONE_LINE = 100;

/** A payload as it is, or its first part. */
export function payload(record, most = 4000) {
  const opaque = record.b64data !== undefined;
  const line = opaque ? record.b64data : JSON.stringify(record.data);
  const text = opaque || line.length <= MOST_ON_ONE_LINE ? line : JSON.stringify(record.data, null, 2);
  const cut = text.length > most ? `${text.slice(0, most)} …` : text;
  return h('pre.payload', { dir: 'auto', tabindex: '0', 'aria-label': opaque ? 'Payload in base64' : 'Payload' }, cut);
}

/** A long id that nobody reads, by its beginning. */
export function id(text) {
  return h('code', { title: text }, text.length > 12 ? `${visible(text.slice(0, 8))}…` : visible(text));
}

export function chip(text, kind) {
  return h('span.chip', { 'data-kind': kind ?? text }, text);
}

/**
 * Replaces what an element holds, unless it is the same. The focus and the place in a table stay where they were: at the same
 * data-key.
 */
export function fill(element, ...children) {
  const made = element.cloneNode(false);
  made.append(...children.flat().filter(Boolean));
  if (made.isEqualNode(element)) {
    return;
  }
  const focused = element.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  const scrolled = [...element.querySelectorAll('.scroll')].map((each) => [each.dataset.key, each.scrollLeft]);
  element.replaceChildren(...made.childNodes);
  focusOn(focused, element);
  scrolled.forEach(([key, left]) => keyed(key, element)?.scrollTo({ left, behavior: 'instant' }));
}

function keyed(key, within) {
  return [...within.querySelectorAll('[data-key]')].find((each) => each.dataset.key === key);
}

function focusOn(key, within) {
  if (key !== undefined) {
    keyed(key, within)?.focus({ preventScroll: true });
  }
}

/**
 * A table.
 *
 * @param {string} caption for screen readers
 * @param {{title: string, cell: (row: any) => any, number?: boolean}[]} columns
 * @param {any[]} rows
 * @param {string} empty the sentence in place of a table without rows
 */
export function table(caption, columns, rows, empty) {
  if (rows.length === 0) {
    return h('p.empty', null, empty);
  }
  // With their roles: on narrow screens they are no table for the browser, since they are laid out as blocks.
  const cell = (tag, role, column, ...content) => h(tag, { role, class: column.number ? 'number' : null, 'data-title': column.title }, ...content);
  return h(
    'div.scroll',
    { tabindex: '0', role: 'region', 'aria-label': caption, 'data-key': `table ${caption}` },
    h(
      'table',
      { role: 'table' },
      h('caption.hidden', null, caption),
      h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' }, columns.map((column) => cell('th', 'columnheader', column, column.title)))),
      h(
        'tbody',
        { role: 'rowgroup' },
        rows.map((row) => h('tr', { role: 'row' }, columns.map((column) => cell('td', 'cell', column, column.cell(row))))),
      ),
    ),
  );
}

/** Names with values, one below the other. */
export function facts(entries) {
  return h(
    'dl.facts',
    null,
    entries.filter(Boolean).map(([term, value]) => h('div', null, h('dt', null, term), h('dd', null, value))),
  );
}

export function button(text, act, { kind = 'quiet', key, label } = {}) {
  const classes = kind.split(' ').map((each) => `.${each}`).join('');
  return h(`button${classes}.small`, { type: 'button', click: act, 'data-key': key ?? text, 'aria-label': label }, text);
}

export function link(text, address, key) {
  return h('a', { href: address, 'data-key': key ?? address }, text);
}

/** A card with a heading. */
export function card(title, ...children) {
  return h('section.card', null, h('div.card-head', null, h('h2', null, title)), ...children);
}

let toastEnds;

/** Says for a few seconds what was done, or what failed. @param {'bad'} [kind] */
export function toast(text, kind) {
  $('toast').setAttribute('role', kind ? 'alert' : 'status');
  $('toast').dataset.kind = kind ?? 'ok';
  $('toast').textContent = text;
  $('toast').hidden = false;
  clearTimeout(toastEnds);
  toastEnds = setTimeout(() => ($('toast').hidden = true), kind ? 15_000 : 6000);
}

/**
 * Asks before something is done that cannot be taken back.
 *
 * @param {string} title what would be done
 * @param {any[]} text to what, and what that means
 * @param {string} verb of the button that does it
 * @param {{fields?: Node}} [more] fields of the form
 * @returns {Promise<FormData|null>} null if it was not wanted
 */
export function ask(title, text, verb, { fields } = {}) {
  const dialog = $('ask');
  const opener = document.activeElement?.dataset.key;
  return new Promise((resolve) => {
    const form = h(
      'form',
      { method: 'dialog' },
      h('h2', { id: 'ask-title' }, title),
      h('p', { id: 'ask-text' }, text),
      fields,
      h(
        'div.row.end',
        null,
        h('button.quiet', { type: 'button', value: 'no', autofocus: !fields, click: () => dialog.close('no') }, 'Cancel'),
        h('button.danger', { type: 'submit', value: 'yes' }, verb),
      ),
    );
    dialog.replaceChildren(form);
    dialog.returnValue = '';
    const closed = () => {
      if (!document.activeElement || document.activeElement === document.body) {
        focusOn(opener, $('view')); // the button was made anew meanwhile
      }
      resolve(dialog.returnValue === 'yes' ? new FormData(form) : null);
    };
    dialog.addEventListener('close', closed, { once: true });
    dialog.showModal();
  });
}

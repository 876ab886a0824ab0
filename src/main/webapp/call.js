/** The tab that calls methods of the server: for development. */

const $ = (id) => document.getElementById(id);
const TABS = ['message', 'call'];

/** @param {() => import('./holdfast.js').Holdfast | null} client the one that is connected */
export function showCalls(client) {
  $('tabs').hidden = false;
  for (const name of TABS) {
    $(`${name}-tab`).addEventListener('click', () => select(name));
  }
  $('tabs').addEventListener('keydown', (event) => {
    if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
      const next = TABS.find((name) => $(`${name}-tab`) !== document.activeElement);
      select(next);
      $(`${next}-tab`).focus();
    }
  });
  $('call').addEventListener('submit', (event) => {
    event.preventDefault();
    call(client(), event.submitter);
  });
}

function select(chosen) {
  for (const name of TABS) {
    $(`${name}-tab`).setAttribute('aria-selected', String(name === chosen));
    $(`${name}-tab`).tabIndex = name === chosen ? 0 : -1;
    $(`${name}-panel`).hidden = name !== chosen;
  }
}

async function call(holdfast, button) {
  show('', '');
  let data;
  try {
    data = JSON.parse($('argument').value || 'null');
  } catch {
    show('The data is not JSON.', '');
    return;
  }
  if (!holdfast) {
    show('Connect first: the call goes through the connection.', '');
    return;
  }
  button.disabled = true;
  try {
    const answer = await holdfast.rpc($('method').value.trim(), data);
    show('', JSON.stringify(answer ?? null, null, 2));
  } catch (error) {
    show(error.code ? `${error.message} (${error.code})` : error.message, '');
  } finally {
    button.disabled = false;
  }
}

function show(problem, answer) {
  $('call-error').textContent = problem;
  $('answer').textContent = answer;
  $('answer').hidden = !answer;
  $('answer-empty').hidden = Boolean(answer);
}

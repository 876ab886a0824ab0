/** Cleanup: cycles, what they have set aside, holds, and what could not be cleaned. */

import { ask, button, card, chip, fill, h, name, table, toast } from '../dom.js';
import { ago, date, duration, number, plural, words } from '../format.js';
import { get, isAdmin, post } from '../session.js';

const REFRESH_MILLIS = 5000;
const RESULTS = { completed: 'ok', finished: 'ok', running: 'warn', aborted: 'bad', undone: 'warn', dry_run: 'ok' };

/** The end of a hold that is released by hand only. */
const FOREVER = 253_402_300_799_000;

const who = ({ owner, kind, id }) => (kind ? [`${words(kind)} `, name(id)] : ['everything of ', name(owner)]);

export function cleanup(shown) {
  const status = h('div.status', { role: 'status' });
  const actions = h('div.actions');
  const tried = h('div', { 'aria-live': 'polite' });
  const titles = ['Cycles', 'Set aside, and can be restored', 'Holds', 'What could not be cleaned'];
  const bodies = titles.map(() => h('div'));
  const read = async () => {
    const [known, { cycles }] = await Promise.all([get('cleanup/state'), get('cleanup/cycles')]);
    if (shown.ended) {
      return;
    }
    const act = (work) => shown.act(work, read);
    fill(status, state(known.state));
    fill(actions, isAdmin() && [
      button('Dry run', () => act(async () => fill(tried, dryRun(await post('cleanup/run', { dry_run: true }))))),
      button('Run a cycle', () => run(known, act), { kind: 'danger' }),
    ]);
    fill(bodies[0], cycleTable(cycles, act));
    fill(bodies[1], asideTable(known.soft_deleted, act));
    fill(bodies[2], holdTable(known.holds, act));
    fill(bodies[3], failureTable(known.failures));
  };
  shown.root.append(
    h('p.muted', null, 'Cleanup removes what nobody uses any more: it sets it aside first, and deletes it when its grace period has ended.'),
    h('div.row.start', null, status, actions),
    tried,
    ...titles.map((title, index) => card(title, bodies[index])),
  );
  shown.every(REFRESH_MILLIS, read);
}

function state(known) {
  const chips = [];
  if (known.stage) {
    chips.push(chip(`running: ${words(known.stage)}`, 'warn'));
  } else if (known.paused) {
    chips.push(chip('paused', 'bad'), h('span', null, 'Too many cycles were aborted. A cycle by hand that succeeds goes on with the schedule.'));
  } else {
    chips.push(chip(known.enabled ? 'scheduled' : 'not scheduled', known.enabled ? 'ok' : 'warn'));
  }
  chips.push(h('span.muted', null, [
    `${plural(known.completed, 'cycle')} since the start`,
    `${number(known.deletes)} deleted`,
    `${number(known.soft_deleted)} set aside`,
    plural(known.holds, 'hold'),
    known.last_duration_ms > 0 && `the last took ${duration(known.last_duration_ms)}`,
  ].filter(Boolean).join(' · ')));
  return chips;
}

function dryRun(report) {
  return card('Dry run: nothing was changed', itemTable(report.items));
}

function itemTable(items) {
  return table('Resources of the cycle', [
    { title: 'Resource', cell: who },
    { title: 'Action', cell: ({ action }) => words(action) },
    { title: 'Unused since', cell: ({ unused_since: since }) => date(since) },
    { title: 'Why', cell: ({ why }) => name(why) },
    { title: 'Outcome', cell: ({ outcome, detail }) => [words(outcome), detail ? `: ${detail}` : ''] },
  ], items, 'There is nothing to clean up.');
}

async function run(known, act) {
  const retry = h('label.check', null, h('input', { type: 'checkbox', name: 'retry' }), 'also what could not be cleaned before');
  const form = await ask('Run a cleanup cycle?', ['A cycle sets aside what nobody uses, of the kinds ', known.kinds.map(words).join(', '), ', and deletes what was set aside before and whose grace period has ended. What was deleted cannot be restored.'], 'Run', { fields: retry });
  if (form) {
    await act(async () => {
      const { cycle } = await post('cleanup/run', { retry_failed: form.has('retry') });
      toast(`Cycle ${cycle} has begun.`);
    });
  }
}

function cycleTable(cycles, act) {
  return table('Cycles', [
    { title: 'Cycle', number: true, cell: (cycle) => number(cycle.number) },
    { title: 'Begun', cell: ({ started_at: at, by }) => [h('span', { title: date(at) }, ago(at)), ' by ', name(by)] },
    { title: 'Took', cell: ({ started_at: from, ended_at: to }) => (to ? duration(to - from) : '–') },
    { title: 'Result', cell: ({ result, reason }) => [chip(words(result), RESULTS[result]), reason ? ` ${reason}` : ''] },
    { title: 'Found', number: true, cell: ({ candidates }) => number(candidates) },
    { title: 'Set aside', number: true, cell: ({ soft_deleted: count }) => number(count) },
    { title: 'Deleted', number: true, cell: ({ deleted }) => number(deleted) },
    { title: 'Kept', number: true, cell: ({ kept }) => number(kept) },
    { title: 'Failed', number: true, cell: ({ failed }) => h(failed > 0 ? 'strong.bad' : 'span', null, number(failed)) },
    isAdmin() && { title: 'Action', cell: ({ number: which, soft_deleted: count }) => (count > 0
      ? button('Restore', () => restore(act, { cycle: which }, [`All that cycle ${which} has set aside, and that is not deleted yet,`]), { key: `restore ${which}`, label: `Restore cycle ${which}` })
      : '–') },
  ].filter(Boolean), [...cycles].sort((one, other) => other.number - one.number), 'No cycle has run yet.');
}

function asideTable(aside, act) {
  return table('Set aside', [
    { title: 'Resource', cell: who },
    { title: 'Of', cell: ({ owner }) => (owner ? name(owner) : '–') },
    { title: 'Why', cell: ({ why }) => name(why) },
    { title: 'Is deleted after', cell: ({ grace_ends_at: at }) => date(at) },
    isAdmin() && { title: 'Action', cell: ({ kind, id }) =>
      button('Restore', () => restore(act, { kind, id }, [`${words(kind)} `, name(id)]), { key: `restore ${kind} ${id}`, label: `Restore ${words(kind)} ${id}` }) },
  ].filter(Boolean), aside, 'Nothing is set aside.');
}

async function restore(act, wanted, what) {
  if (await ask('Restore?', [...what, ' will be used again as before.'], 'Restore')) {
    await act(async () => {
      const { restored } = await post('cleanup/restore', wanted);
      toast(`${plural(restored, 'resource was', 'resources were')} restored.`);
    });
  }
}

function holdTable(holds, act) {
  return table('Holds', [
    { title: 'What', cell: who },
    { title: 'Reason', cell: ({ reason }) => name(reason) },
    { title: 'By', cell: ({ by }) => name(by) },
    { title: 'Until', cell: ({ ends_at: at }) => (at >= FOREVER ? 'it is released' : date(at)) },
    isAdmin() && { title: 'Action', cell: (hold) => button('Release', () => release(act, hold), { kind: 'danger', key: `release ${hold.kind} ${hold.id} ${hold.owner}` }) },
  ].filter(Boolean), holds, 'Nothing is held: cleanup may remove all that is unused.');
}

async function release(act, hold) {
  if (await ask('Release the hold?', ['Cleanup may remove ', ...who(hold), ' again.'], 'Release')) {
    const { owner, kind, id } = hold;
    await act(async () => {
      await post('cleanup/release', kind ? { kind, id } : { owner });
      toast('The hold was released.');
    });
  }
}

function failureTable(failures) {
  return table('What could not be cleaned', [
    { title: 'Resource', cell: who },
    { title: 'Action', cell: ({ action }) => words(action) },
    { title: 'Failure', cell: ({ detail }) => name(detail) },
    { title: 'Cycle', number: true, cell: ({ cycle }) => number(cycle) },
    { title: 'When', cell: ({ failed_at: at }) => date(at) },
  ], failures, 'Nothing has failed.');
}

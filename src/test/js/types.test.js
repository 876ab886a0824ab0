/** holdfast.d.ts says what holdfast.js does. */

import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const webapp = fileURLToPath(new URL('../../main/webapp/', import.meta.url));
const directory = fileURLToPath(new URL('../../../target/types/', import.meta.url));

const OPTIONS = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ES2022,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
  types: [],
  skipLibCheck: true,
  strict: true,
};

/** Compiles, and returns what is wrong, a line each. */
function compile(file, options) {
  const program = ts.createProgram([file], { ...OPTIONS, ...options });
  const { diagnostics } = program.emit();
  return [...ts.getPreEmitDiagnostics(program), ...diagnostics].map(({ file: where, start, messageText }) => {
    const line = where?.text.slice(0, start).split('\n').length;
    return `${where?.fileName}:${line} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
}

mkdirSync(directory, { recursive: true });
copyFileSync(`${webapp}holdfast.d.ts`, `${directory}written.d.ts`);
copyFileSync(`${webapp}holdfast.js`, `${directory}source.js`);

/** Fails to compile where a name, an option or what comes back differs. */
const COMPARISON = `
import * as written from './written';
import * as source from './source';
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
const names: Same<keyof typeof written, keyof typeof source> = true;
const members: Same<keyof written.Holdfast, keyof source.Holdfast> = true;
const state: Same<typeof written.State, typeof source.State> = true;
type Return<T, K extends keyof T> = T[K] extends (...all: any[]) => infer R ? R : T[K];
type Returns<T> = { [K in keyof T]: Return<T, K> };
const returned: Returns<Omit<written.Holdfast, 'state'>> = {} as Returns<Omit<source.Holdfast, 'state'>>;
const options: Same<keyof written.Options, keyof NonNullable<ConstructorParameters<typeof source.Holdfast>[0]>> = true;
type Third<F> = F extends (a: any, b: any, c?: infer T) => any ? keyof NonNullable<T> : never;
type Second<F> = F extends (a: any, b?: infer T) => any ? keyof NonNullable<T> : never;
const publish: Same<Third<written.Holdfast['publish']>, Third<source.Holdfast['publish']>> = true;
const subscribe: Same<Second<written.Holdfast['subscribe']>, Second<source.Holdfast['subscribe']>> = true;
export default [names, members, state, returned, options, publish, subscribe];
`;

test('holdfast.d.ts and the JSDoc of holdfast.js agree', () => {
  const emitted = { allowJs: true, declaration: true, emitDeclarationOnly: true, outDir: directory, strict: false };
  assert.deepEqual(compile(`${directory}source.js`, emitted), []);
  writeFileSync(`${directory}comparison.ts`, COMPARISON);
  assert.deepEqual(compile(`${directory}comparison.ts`, { noEmit: true }), []);
});

test('the events of the types are those that can be listened to', async () => {
  const { Holdfast } = await import('../../main/webapp/holdfast.js');
  let names;
  try {
    new Holdfast({ url: 'ws://localhost/', WebSocket: class {} }).on('none', () => {});
  } catch ({ message }) {
    names = message.replace(/^.*there are /, '').split(', ');
  }
  const events = readFileSync(`${webapp}holdfast.d.ts`, 'utf8').match(/interface Events \{([^}]*\}[^}]*)*?\n\}/)[0];
  assert.deepEqual([...events.matchAll(/^ {2}(\w+):/gm)].map(([, name]) => name).sort(), names.sort());
});

test('the types are of use to an application in TypeScript', () => {
  writeFileSync(
    `${directory}application.ts`,
    `import { Holdfast, HoldfastError, State, type Message } from './written';
const holdfast = new Holdfast({ token: async () => 'x', storage: sessionStorage, WebSocket });
const off = holdfast.on('message', async (message: Message) => { await save(message.data, message.offset); });
holdfast.on('state', ({ state, code }) => { if (state === State.CLOSED) console.log(code); });
holdfast.on('unsubscribed', ({ channel, code }) => console.log(channel.length, code + 1));
async function save(data: unknown, offset: number) {}
async function run() {
  await holdfast.subscribe('news', { token: () => 'y', since: { epoch: 'e', offset: 1 } });
  const { offset, duplicate } = await holdfast.publish('news', { n: 1 }, { id: 'a', ttl: 3 });
  if (duplicate) off();
  await holdfast.rpc('ack', { channel: holdfast.outbox, offset });
  return offset + 1;
}
run().catch((error) => error instanceof HoldfastError && error.code);
// @ts-expect-error there is no such option
new Holdfast({ tokens: 'x' });
// @ts-expect-error there is no such event
holdfast.on('publication', () => {});
`,
  );
  assert.deepEqual(compile(`${directory}application.ts`, { noEmit: true }), []);
});

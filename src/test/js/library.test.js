/** holdfast.js in Node and in Chromium: every scenario of library.js in both, against a gateway in insecure mode. */

import { after, before, describe, test } from 'node:test';
import { Chromium, Node } from './environments.js';
import { fresh } from './gateway.js';
import { Run, scenarios } from './library.js';
import { Network } from './network.js';

for (const environment of [new Node(), new Chromium()]) {
  describe(`holdfast.js in ${environment.title}`, () => {
    before(() => environment.start());
    after(() => environment.stop());

    for (const { name, claim, run, skip = false } of scenarios) {
      test(`${name}: ${claim}`, { skip, timeout: 180_000 }, async () => {
        const network = await Network.open();
        const tabs = [];
        try {
          await run(
            new Run(network, fresh(name), async (options) => {
              const tab = await environment.open(network, options, () => undefined);
              tabs.push(tab);
              return tab;
            }),
          );
        } finally {
          await Promise.all(tabs.map((tab) => tab.close()));
          network.close();
        }
      });
    }
  });
}

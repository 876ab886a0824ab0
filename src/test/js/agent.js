/** An application with holdfast.js, driven from outside; the same in Node and in a page. Must not use anything around it. */
export function createAgent(Holdfast, { delayMillis = 0, fetchesToken = false, ...options }) {
  const log = { message: [], lost: [], subscribed: [], unsubscribed: [], error: [], state: [] };
  const token = (channel) => () => globalThis.fetchToken(channel);
  const holdfast = new Holdfast({ minDelayMillis: 50, maxDelayMillis: 500, ...options, token: fetchesToken ? token() : undefined });
  const channelOf = (channel) => channel ?? holdfast.outbox;
  holdfast.on('message', async ({ channel, data, offset }) => {
    await new Promise((resolve) => {
      setTimeout(resolve, delayMillis);
    });
    log.message.push({ channel, n: data.n, offset });
  });
  for (const event of ['lost', 'subscribed', 'unsubscribed']) {
    holdfast.on(event, ({ channel }) => log[event].push(channel));
  }
  holdfast.on('state', ({ state, code }) => log.state.push({ state, code }));
  holdfast.on('error', ({ error }) => log.error.push(`${error.code} ${error.message}`));
  return {
    connect: () => holdfast.connect(),
    offline: () => holdfast.offline(),
    online: () => holdfast.online(),
    close: () => holdfast.close(),
    publish: (...args) => holdfast.publish(...args),
    unsubscribe: (channel) => holdfast.unsubscribe(channel),
    subscribe: (channel, subscription = {}) =>
      holdfast.subscribe(channel, { ...subscription, token: fetchesToken ? token(channel) : undefined }),
    state: () => holdfast.state,
    log: () => log,
    got: (channel) => log.message.filter((message) => message.channel === channelOf(channel)),
    count: (event, channel) => log[event].filter((each) => each === channelOf(channel)).length,
  };
}

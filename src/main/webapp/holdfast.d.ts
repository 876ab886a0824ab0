/** Types of holdfast.js; what everything does is told there. A test compares the two. */

/** What a connection can be. */
export declare const State: Readonly<{
  /** connect() has not been called yet. */
  IDLE: 'idle';
  /** A connection is being made. */
  CONNECTING: 'connecting';
  /** Messages come. */
  CONNECTED: 'connected';
  /** The connection was lost or could not be made; the next attempt comes by itself. */
  WAITING: 'waiting';
  /** offline() was called. */
  OFFLINE: 'offline';
  /** close() was called, or the server does not want us: code and reason say why. connect() tries again. */
  CLOSED: 'closed';
}>;
export type State = (typeof State)[keyof typeof State];

/** An error told by the server or found here; temporary means that the same may succeed later. */
export declare class HoldfastError extends Error {
  constructor(code: number, message: string, temporary?: boolean);
  code: number;
  temporary: boolean;
}

/** A token, or a function that gets a fresh one. */
export type TokenSource = string | (() => string | Promise<string>);

/** A place in a stream. */
export interface Position {
  epoch: string;
  offset: number;
}

export interface Options {
  /** Endpoint; absent: connection/websocket beside this module. Needed in Node, and where a bundler has moved the module. */
  url?: string | URL;
  /** Connect token. */
  token?: TokenSource;
  /** Who we are; counts in the server's insecure mode only. */
  client?: string;
  /** Name of this installation, with a cursor of its own. One connection at a time: the newer one wins. */
  device?: string;
  /** More for connect.data. */
  data?: object;
  /** false: no messages to this client, only channels. */
  outbox?: boolean;
  /** sessionStorage, above all: where positions outlive a reload of the page. One instance of a page only. */
  storage?: Pick<Storage, 'getItem' | 'setItem'>;
  /** Constructor, where there is no global one. */
  WebSocket?: new (url: string) => any;
  /** Upper bound of the first delay before reconnecting; 300. */
  minDelayMillis?: number;
  /** Upper bound of all delays; 20,000. */
  maxDelayMillis?: number;
  /** For one answer of the server; 10,000. */
  commandTimeoutMillis?: number;
  /** For publish(), all its attempts together; 60,000. */
  publishTimeoutMillis?: number;
  /** The connection is dead if nothing has come for this much longer than the server's ping interval; 10,000. */
  pingGraceMillis?: number;
  /** How often a message is given to a listener that fails; 3. */
  handlerAttempts?: number;
  /** Before the second attempt; doubles; 500. */
  handlerDelayMillis?: number;
  /** With more messages waiting for their handlers, the connection is closed until half of them are done; 10,000. */
  maxWaiting?: number;
}

export interface SubscribeOptions {
  /** Subscription token. */
  token?: TokenSource;
  /** Where to begin; absent: with what is published from now on. */
  since?: Position;
}

export interface PublishOptions {
  /** Message id; a random one if absent. */
  id?: string;
  /** Time to live in seconds; 0 for no expiry; absent for the channel's default. */
  ttl?: number;
  tags?: Record<string, string>;
}

/** It is stored. */
export interface Receipt extends Position {
  id: string;
  duplicate: boolean;
}

export interface Message {
  channel: string;
  data: any;
  id: string | undefined;
  /** 0 if it was sent as non-critical. */
  offset: number;
  epoch: string;
  tags: Record<string, string>;
  /** Which client published it itself, else null. */
  info: { user: string; client: string; conn_info?: any; chan_info?: any } | null;
  expiresAt: Date | null;
  receivedAt: Date;
}

export interface Events {
  message: Message;
  state: { state: State; previous: State; code?: number; reason?: string; retryInMillis?: number };
  lost: { channel: string };
  subscribed: { channel: string; data: any };
  unsubscribed: { channel: string; code: number; reason: string };
  error: { error: Error; message?: Message; channel?: string };
}

export declare class Holdfast {
  constructor(options?: Options);
  get state(): State;
  /** Name of the channel of messages to us; undefined before the first connection. */
  get outbox(): string | undefined;
  /** Adds a listener; the function returned takes it off. A promise of a 'message' listener is waited for. */
  on<E extends keyof Events>(event: E, listener: (details: Events[E]) => unknown): () => boolean;
  connect(): void;
  /** Ends the connection until online() is called. */
  offline(): void;
  online(): void;
  /** Ends for good; resolves when the handler under way has ended and its message is confirmed. */
  close(): Promise<void>;
  subscribe(name: string, options?: SubscribeOptions): Promise<void>;
  unsubscribe(name: string): Promise<void>;
  /** '#<client>' is that client's outbox. */
  publish(channel: string, data: unknown, options?: PublishOptions): Promise<Receipt>;
  rpc(method: string, data?: unknown): Promise<any>;
}

/** By the protocol's ranges: whether to connect again after a close with this code. */
export declare function comesBack(code: number): boolean;

/** Types of holdfast.js. That file describes everything in detail. A test compares the two files. */

/** The states of a connection. */
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
  /** close() was called, or the server refused the client: code and reason say why. connect() tries again. */
  CLOSED: 'closed';
}>;
export type State = (typeof State)[keyof typeof State];

/** An error from the server or from this module. temporary means that the same call may succeed later. */
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
  /** Endpoint. The default is connection/websocket next to this module. Required in Node, and if a bundler has moved the module. */
  url?: string | URL;
  /** Connect token. */
  token?: TokenSource;
  /** Name of the client; used only in the server's insecure mode. */
  client?: string;
  /** Name of this installation, which has its own cursor. It has one connection at a time: the newest one wins. */
  device?: string;
  /** More fields for connect.data. */
  data?: object;
  /** false: the client gets no outbox, only channels. */
  outbox?: boolean;
  /** Keeps positions over a reload of the page: usually sessionStorage. Only one instance in a page may use it. */
  storage?: Pick<Storage, 'getItem' | 'setItem'>;
  /** Constructor, if there is no global one. */
  WebSocket?: new (url: string) => any;
  /** Upper bound of the first delay before reconnecting; 300. */
  minDelayMillis?: number;
  /** Upper bound of all delays; 20,000. */
  maxDelayMillis?: number;
  /** Time limit for one answer of the server; 10,000. */
  commandTimeoutMillis?: number;
  /** Time limit for publish(), with all its attempts; 60,000. */
  publishTimeoutMillis?: number;
  /** The connection counts as dead if nothing comes for this much longer than the server's ping interval; 10,000. */
  pingGraceMillis?: number;
  /** How often a message is given to a listener that fails; 3. */
  handlerAttempts?: number;
  /** Delay before the second attempt; it doubles with each attempt; 500. */
  handlerDelayMillis?: number;
  /** If more messages wait for their handlers, the connection is closed until half of them are done; 10,000. */
  maxWaiting?: number;
}

export interface SubscribeOptions {
  /** Subscription token. */
  token?: TokenSource;
  /** The position after which to begin. Without it, only new publications come. */
  since?: Position;
}

export interface PublishOptions {
  /** Message id; a random one if absent. */
  id?: string;
  /** Time to live in seconds; 0 means no expiry. Without it, the channel's default applies. */
  ttl?: number;
  tags?: Record<string, string>;
}

/** The position at which the message is stored. */
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
  /** The client that made the publication; null if no client made it. */
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
  /** Name of the client's outbox; undefined before the first connection. */
  get outbox(): string | undefined;
  /** Adds a listener and returns a function that removes it. The next message waits for the promise of a 'message' listener. */
  on<E extends keyof Events>(event: E, listener: (details: Events[E]) => unknown): () => boolean;
  connect(): void;
  /** Ends the connection until online() is called. */
  offline(): void;
  online(): void;
  /** Closes this instance. Resolves when the running handler has ended and its message is confirmed. */
  close(): Promise<void>;
  subscribe(name: string, options?: SubscribeOptions): Promise<void>;
  unsubscribe(name: string): Promise<void>;
  /** '#<client>' is that client's outbox. */
  publish(channel: string, data: unknown, options?: PublishOptions): Promise<Receipt>;
  rpc(method: string, data?: unknown): Promise<any>;
}

/** Whether a client connects again after a close with this code, by the protocol's ranges. */
export declare function comesBack(code: number): boolean;

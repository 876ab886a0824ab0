/**
 * A network between a client and the gateway that can be cut (what is under way is reset, and nothing comes through), stand
 * still, or pass bytes on one by one.
 */

import net from 'node:net';
import { url } from './gateway.js';

export class Network {
  #target = new URL(url);
  #sockets = new Set();
  #cut = false;
  #webSocketsBlocked = false;
  #splits = false;
  #server = net.createServer((near) => this.#carry(near));

  static async open() {
    const network = new Network();
    await new Promise((resolve) => {
      network.#server.listen(0, 'localhost', resolve);
    });
    return network;
  }

  get url() {
    return `http://localhost:${this.#server.address().port}`;
  }

  get websocketUrl() {
    return `${this.url.replace('http', 'ws')}/connection/websocket`;
  }

  #carry(near) {
    if (this.#cut) {
      near.destroy();
      return;
    }
    const far = net.connect(Number(this.#target.port) || 80, this.#target.hostname);
    for (const [socket, other] of [[near, far], [far, near]]) {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => {});
      socket.on('close', () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
      if (socket === near) {
        near.on('data', (data) => this.#pass(data, near, far)).on('end', () => far.end());
      } else {
        far.on('data', (data) => this.#deliver(data, near)).on('end', () => near.end());
      }
    }
  }

  #pass(data, near, far) {
    if (this.#webSocketsBlocked && /^upgrade: *websocket/im.test(data.toString('latin1'))) {
      near.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    } else {
      far.write(data);
    }
  }

  #deliver(data, near) {
    if (!this.#splits) {
      near.write(data);
      return;
    }
    for (const byte of data.subarray(0, 200)) {
      near.write(Buffer.of(byte));
    }
    near.write(data.subarray(200));
  }

  /** The first bytes of everything come one by one. */
  split() {
    this.#splits = true;
  }

  /** Nothing moves, and nobody is told. */
  stall() {
    this.#sockets.forEach((socket) => socket.pause());
  }

  resume() {
    this.#sockets.forEach((socket) => socket.resume());
  }

  /** As a proxy does that knows no WebSocket. */
  blockWebSockets() {
    this.#webSocketsBlocked = true;
  }

  cut() {
    this.#cut = true;
    for (const socket of this.#sockets) {
      if (socket.writableEnded) {
        socket.destroy(); // libuv resets no socket that is shutting down: Node 20 would wait for it at its exit, for ever
      } else {
        socket.resetAndDestroy();
      }
    }
  }

  heal() {
    this.#cut = false;
  }

  close() {
    this.cut();
    this.#server.close();
  }
}

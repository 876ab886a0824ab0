/** A network between a client and the gateway that can be cut: what is under way is reset, and nothing comes through. */

import net from 'node:net';
import { url } from './gateway.js';

export class Network {
  #target = new URL(url);
  #sockets = new Set();
  #cut = false;
  #server = net.createServer((near) => this.#carry(near));

  static async open() {
    const network = new Network();
    await new Promise((resolve) => {
      network.#server.listen(0, 'localhost', resolve);
    });
    return network;
  }

  get websocketUrl() {
    return `ws://localhost:${this.#server.address().port}/connection/websocket`;
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
      socket.pipe(other);
    }
  }

  cut() {
    this.#cut = true;
    this.#sockets.forEach((socket) => socket.resetAndDestroy());
  }

  heal() {
    this.#cut = false;
  }

  close() {
    this.cut();
    this.#server.close();
  }
}

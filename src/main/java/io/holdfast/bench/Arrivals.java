package io.holdfast.bench;

/** Hears of every test message that reaches a client. */
interface Arrivals {

    /**
     * @param receiver index of the client
     * @param bytes hold the payload at {@code at}; valid during the call
     * @param offset in the server's stream, or {@link Ledger#UNNUMBERED}
     */
    void arrived(int receiver, byte[] bytes, int at, long offset);
}

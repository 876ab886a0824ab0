package io.holdfast.delivery.outbox;

/**
 * Where delivery to a connection begins.
 *
 * @param from the offset after which it goes on
 * @param recovered whether nothing was lost before it
 * @param shown the offset that the client has shown to have; 0 for none
 */
record Resumption(long from, boolean recovered, long shown) {}

package io.holdfast.stream.rocksdb;

import io.holdfast.stream.StoreGeneration;

/**
 * The findings and decisions at the opening of a store.
 *
 * @param life its generation is part of the epoch of every stream
 * @param seed what the epochs of new streams are made from
 * @param clean whether it was closed properly the last time, so that everything in it is on the disk
 * @param mark how far it has come
 */
record StoreBeginning(StoreGeneration life, long seed, boolean clean, HighWaterMark mark) {}

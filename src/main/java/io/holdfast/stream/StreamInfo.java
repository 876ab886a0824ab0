package io.holdfast.stream;

/**
 * What a stream's meta says.
 *
 * @param top position of the newest publication ever stored; offset 0 in a new stream
 * @param firstOffset lowest offset that may still be retained; {@code top.offset() + 1} when nothing is
 * @param lostUpTo highest offset that was dropped by overflow or retention; 0 for none
 * @param confirmedUpTo highest offset that any device ever confirmed; 0 for none
 * @param messages number of retained publications
 * @param bytes sum of their stored sizes
 */
public record StreamInfo(Position top, long firstOffset, long lostUpTo, long confirmedUpTo, int messages, long bytes) {}

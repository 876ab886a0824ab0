package io.holdfast.cluster;

import java.util.concurrent.atomic.LongAdder;

/** What the links of this node have done since the start. Any thread. */
final class LinkCounters {
    final LongAdder publicationsSent = new LongAdder();
    final LongAdder publicationsReceived = new LongAdder();
    final LongAdder sent = new LongAdder();
    final LongAdder received = new LongAdder();
    final LongAdder dropped = new LongAdder();
    final LongAdder questions = new LongAdder();
    final LongAdder unanswered = new LongAdder();
}

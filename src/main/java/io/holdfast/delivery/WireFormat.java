package io.holdfast.delivery;

import io.holdfast.stream.Publication;

/** One wire format: how a publication becomes a piece, and pieces a frame. Stateless; any thread. */
public interface WireFormat {

    /** A publication's push; offset 0 stands for a non-critical one without offset. */
    byte[] publication(String channel, Publication publication);

    /** A ping. */
    byte[] ping();

    /** What stands between two pieces of a frame; may be empty. At most one byte. */
    byte[] separator();
}

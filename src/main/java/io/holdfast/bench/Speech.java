package io.holdfast.bench;

/** In which format a client speaks. Stateless. */
interface Speech {

    String name();

    /** What the path of the WebSocket ends with. */
    String query();

    /** Whether frames are binary. */
    boolean binary();

    /** Connect, and subscribe if there is a channel, in one frame: commands 1 and 2. */
    byte[] greeting(Greeting greeting);

    byte[] pong();

    /** Finds the messages of a frame and tells the client what each of them is. */
    void read(byte[] bytes, int from, int to, Heard heard);

    /** What a frame may hold. Positions lie in the frame's bytes. */
    interface Heard {
        void ping();

        void push(byte[] bytes, int from, int to);

        void reply();

        void error(String text);
    }

    /** The offset of the publication whose payload ends here; 0 if it has none. */
    long offset(byte[] bytes, int payloadEnd, int to);
}

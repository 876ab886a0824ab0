package io.holdfast.cluster;

import io.holdfast.delivery.Arrivals.Arrival;
import io.holdfast.delivery.Member;
import io.holdfast.stream.Position;
import io.holdfast.stream.Publication;
import io.holdfast.stream.Publisher;
import java.util.HashMap;
import java.util.Map;

/** The fields of frames and entries, written and read side by side. */
final class Frames {
    /** The version of the links. A newer one adds kinds, and fields at the end of entries: an older one skips both. */
    static final int VERSION = 1;

    /** A frame of many entries is not made larger; an entry that is larger has a frame of its own. */
    static final int BATCH_BYTES = 64 << 10;

    static final byte[] PING = {FrameKind.PING.code()};
    static final byte[] PONG = {FrameKind.PONG.code()};
    static final byte[] MISSED = {FrameKind.MISSED.code()};

    private static final int HAS_PUBLISHER = 1;

    private Frames() {}

    /** What the opener begins with. */
    record Hello(long opener, long acceptor, byte[] nonce) {}

    static byte[] hello(Hello hello) {
        return new FrameWriter(FrameKind.HELLO, 64)
                .bits(VERSION)
                .number(hello.opener())
                .number(hello.acceptor())
                .raw(hello.nonce())
                .frame();
    }

    static Hello hello(FrameReader frame) throws MalformedFrameException {
        frame.bits(); // of this version each one can be spoken to
        return new Hello(frame.number(), frame.number(), frame.raw(LinkProof.NONCE_BYTES));
    }

    /** One of the frames that have nothing but a nonce or a proof. */
    static byte[] plain(FrameKind kind, byte[] content) {
        return new FrameWriter(kind, content.length).raw(content).frame();
    }

    static void write(FrameWriter frame, Arrival stored) {
        frame.text(stored.stream())
                .text(stored.position().epoch())
                .number(stored.position().offset());
        write(frame, stored.publication());
    }

    static Arrival stored(FrameReader entry) throws MalformedFrameException {
        String stream = entry.text();
        Position position = new Position(entry.text(), notNegative(entry.number()));
        return new Arrival(stream, position, publication(entry, position.offset()));
    }

    /** A message that is never stored. */
    record PassedOn(String channel, Publication publication) {}

    static void write(FrameWriter frame, PassedOn passed) {
        frame.text(passed.channel());
        write(frame, passed.publication());
    }

    static PassedOn passedOn(FrameReader entry) throws MalformedFrameException {
        return new PassedOn(entry.text(), publication(entry, 0));
    }

    private static void write(FrameWriter frame, Publication publication) {
        Publisher publisher = publication.publisher();
        frame.bits(publisher == null ? 0 : HAS_PUBLISHER)
                .text(publication.id())
                .number(publication.publishedAtMillis())
                .number(publication.expiresAtMillis())
                .bytes(publication.payload())
                .count(publication.tags().size());
        publication.tags().forEach((name, value) -> frame.text(name).text(value));
        if (publisher != null) {
            frame.text(publisher.client())
                    .text(publisher.connection())
                    .optional(publisher.connectionInfo())
                    .optional(publisher.channelInfo());
        }
    }

    private static Publication publication(FrameReader entry, long offset) throws MalformedFrameException {
        boolean published = (entry.bits() & HAS_PUBLISHER) != 0;
        String id = entry.text();
        long publishedAt = entry.number();
        long expiresAt = entry.number();
        byte[] payload = entry.bytes();
        Map<String, String> tags = new HashMap<>();
        for (int left = entry.count(); left > 0; left--) {
            tags.put(entry.text(), entry.text());
        }
        Publisher publisher =
                published ? new Publisher(entry.text(), entry.text(), entry.optional(), entry.optional()) : null;
        return new Publication(offset, id, payload, tags, publishedAt, expiresAt, publisher);
    }

    /** Somebody has come to a channel or left it. */
    record Membership(String channel, boolean joined, Member member) {}

    static void write(FrameWriter frame, Membership change) {
        Member member = change.member();
        frame.bits(change.joined() ? 1 : 0)
                .text(change.channel())
                .text(member.client())
                .text(member.connection())
                .optional(member.connectionInfo())
                .optional(member.channelInfo());
    }

    static Membership membership(FrameReader entry) throws MalformedFrameException {
        boolean joined = entry.bits() != 0;
        return new Membership(
                entry.text(), joined, new Member(entry.text(), entry.text(), entry.optional(), entry.optional()));
    }

    /** Whether a channel has subscribers at the opener. An empty name says that all channels have been told. */
    record Interest(String channel, boolean subscribed) {
        static final Interest ALL_TOLD = new Interest("", true);

        boolean isAllTold() {
            return channel.isEmpty();
        }
    }

    static void write(FrameWriter frame, Interest interest) {
        frame.bits(interest.subscribed() ? 1 : 0).text(interest.channel());
    }

    static Interest interest(FrameReader entry) throws MalformedFrameException {
        boolean subscribed = entry.bits() != 0;
        return new Interest(entry.text(), subscribed);
    }

    /** A question to the other node. */
    record Question(long number, String about, byte[] content) {}

    static byte[] question(Question question) {
        return new FrameWriter(FrameKind.QUESTION, question.content().length + 64)
                .number(question.number())
                .text(question.about())
                .bytes(question.content())
                .frame();
    }

    static Question question(FrameReader frame) throws MalformedFrameException {
        return new Question(frame.number(), frame.text(), frame.bytes());
    }

    /** How a node replies to a question. */
    record Answer(long number, Reply reply) {}

    static byte[] answer(Answer answer) {
        byte[] content = answer.reply() instanceof Reply.Answer given ? given.bytes() : new byte[0];
        int outcome = answer.reply() instanceof Reply.Failure failure ? 1 + failure.ordinal() : 0;
        return new FrameWriter(FrameKind.ANSWER, content.length + 16)
                .number(answer.number())
                .bits(outcome)
                .bytes(content)
                .frame();
    }

    static Answer answer(FrameReader frame) throws MalformedFrameException {
        long number = frame.number();
        int outcome = frame.bits();
        return new Answer(number, reply(outcome, frame.bytes()));
    }

    /** An outcome of a newer version is a failure. */
    private static Reply reply(int outcome, byte[] content) {
        Reply.Failure[] failures = Reply.Failure.values();
        if (outcome == 0) {
            return new Reply.Answer(content);
        }
        return outcome > 0 && outcome <= failures.length ? failures[outcome - 1] : Reply.Failure.FAILED;
    }

    private static long notNegative(long offset) throws MalformedFrameException {
        if (offset < 0) {
            throw new MalformedFrameException("an offset of " + offset);
        }
        return offset;
    }
}

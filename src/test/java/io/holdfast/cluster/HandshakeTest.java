package io.holdfast.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.cluster.Cables.TestNode;
import io.holdfast.cluster.LinkProof.Parties;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** What somebody who does not know the secret can do with the end that accepts links. */
class HandshakeTest {
    private static final long STRANGER = 7;
    private static final LinkProof PROOF = new LinkProof(Cables.SECRET);

    private final Simulation simulation = new Simulation(1);
    private final Cables cables = new Cables(simulation);
    private final TestNode a = cables.node(1);

    /** The other end of a connection. */
    private final class Peer implements LinkConnection {
        final List<byte[]> got = new ArrayList<>();
        boolean closed;
        final LinkReceiver node = a.links.accept(this, "a peer");

        @Override
        public CompletionStage<?> send(byte[] frame) {
            got.add(frame);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void close() {
            closed = true;
        }

        void say(byte[] frame) {
            node.received(frame);
            simulation.pass(Duration.ZERO);
        }

        byte[] challenge() {
            assertThat(got).isNotEmpty();
            assertThat(FrameKind.of(got.get(0)[0])).isEqualTo(FrameKind.CHALLENGE);
            return Arrays.copyOfRange(got.get(0), 1, got.get(0).length);
        }
    }

    private static byte[] hello(byte[] nonce) {
        return Frames.hello(new Frames.Hello(STRANGER, 1, nonce));
    }

    private static byte[] nonce(int value) {
        byte[] nonce = new byte[LinkProof.NONCE_BYTES];
        nonce[0] = (byte) value;
        return nonce;
    }

    private static byte[] proof(byte[] nonce, byte[] challenge) {
        return Frames.plain(FrameKind.PROOF, PROOF.ofOpener(new Parties(STRANGER, 1, nonce, challenge)));
    }

    @Test
    void whoever_knows_the_secret_is_accepted_and_gets_the_other_proof() {
        Peer peer = new Peer();
        peer.say(hello(nonce(1)));
        byte[] challenge = peer.challenge();
        peer.say(proof(nonce(1), challenge));

        assertThat(FrameKind.of(peer.got.get(1)[0])).isEqualTo(FrameKind.ACCEPTED);
        byte[] theirs = Arrays.copyOfRange(peer.got.get(1), 1, peer.got.get(1).length);
        assertThat(PROOF.isOfAcceptor(new Parties(STRANGER, 1, nonce(1), challenge), theirs))
                .isTrue();
        assertThat(a.links.stats().linksIn()).isEqualTo(1);
    }

    @Test
    void a_handshake_that_was_overheard_proves_nothing_the_next_time() {
        Peer honest = new Peer();
        honest.say(hello(nonce(1)));
        byte[] overheard = proof(nonce(1), honest.challenge());
        honest.say(overheard);

        Peer thief = new Peer();
        thief.say(hello(nonce(1)));
        thief.say(overheard);

        assertThat(thief.closed).isTrue();
        assertThat(thief.got).hasSize(1);
        assertThat(a.links.stats().linksIn()).isEqualTo(1);
    }

    @Test
    void the_proof_of_the_accepting_end_does_not_serve_as_that_of_the_opener() {
        Peer peer = new Peer();
        peer.say(hello(nonce(1)));
        Parties parties = new Parties(STRANGER, 1, nonce(1), peer.challenge());

        peer.say(Frames.plain(FrameKind.PROOF, PROOF.ofAcceptor(parties)));

        assertThat(peer.closed).isTrue();
    }

    @Test
    void a_proof_for_other_nodes_or_nonces_is_refused() {
        for (Parties other : List.of(
                new Parties(8, 1, nonce(1), nonce(0)),
                new Parties(STRANGER, 2, nonce(1), nonce(0)),
                new Parties(STRANGER, 1, nonce(2), nonce(0)))) {
            Peer peer = new Peer();
            peer.say(hello(nonce(1)));
            Parties wrong = new Parties(other.opener(), other.acceptor(), other.openerNonce(), peer.challenge());
            peer.say(Frames.plain(FrameKind.PROOF, PROOF.ofOpener(wrong)));

            assertThat(peer.closed).isTrue();
        }
        assertThat(a.links.stats().linksIn()).isZero();
    }

    @Test
    void a_peer_without_a_proof_gets_a_nonce_at_most_and_is_not_listened_to() {
        byte[] missed = Frames.MISSED;
        for (List<byte[]> said : List.of(
                List.<byte[]>of(),
                List.of(missed),
                List.of(new byte[0]),
                List.of("{\"id\":1,\"connect\":{}}".getBytes()),
                List.of(Frames.plain(FrameKind.PROOF, new byte[32])),
                List.of(hello(nonce(1)), missed),
                List.of(hello(nonce(1)), hello(nonce(1))),
                List.of(hello(nonce(1)), Frames.plain(FrameKind.PROOF, new byte[0])),
                List.of(Frames.hello(new Frames.Hello(STRANGER, 2, nonce(1)))), // looks for another node
                List.of(Frames.hello(new Frames.Hello(1, 1, nonce(1)))))) {
            Peer peer = new Peer();
            said.forEach(peer::say);
            simulation.pass(Duration.ofSeconds(6)); // one that says nothing more has a time limit

            assertThat(peer.closed).isTrue();
            assertThat(peer.got.size()).isLessThanOrEqualTo(1);
        }
        assertThat(a.events).isEmpty();
        assertThat(a.links.stats().linksIn()).isZero();
    }

    @Test
    void too_many_peers_without_a_proof_are_turned_away_until_their_time_is_over() {
        for (int i = 0; i < LinkSettings.DEFAULT.unproven(); i++) {
            assertThat(new Peer().node).isNotNull();
        }
        assertThat(new Peer().node).isNull();

        simulation.pass(Duration.ofSeconds(6));

        assertThat(new Peer().node).isNotNull();
    }

    @Test
    void a_node_that_comes_again_replaces_its_earlier_link() {
        Peer earlier = proven();
        Peer later = proven();

        assertThat(earlier.closed).isTrue();
        assertThat(later.closed).isFalse();
        assertThat(a.links.stats().linksIn()).isEqualTo(1);
    }

    private Peer proven() {
        Peer peer = new Peer();
        peer.say(hello(nonce(1)));
        peer.say(proof(nonce(1), peer.challenge()));
        return peer;
    }

    @Test
    void frames_of_a_replaced_link_change_nothing() {
        Peer earlier = proven();
        Peer later = proven();
        earlier.say(Frames.MISSED);

        assertThat(a.events).isEmpty();
        later.say(Frames.MISSED);
        assertThat(a.events).containsExactly("missed");
    }

    @Test
    void a_handshake_frame_after_the_handshake_closes_the_link() {
        Peer peer = proven();
        peer.say(hello(nonce(1)));

        assertThat(peer.closed).isTrue();
    }

    @Test
    void a_short_secret_and_a_short_nonce_are_mistakes() {
        assertThatThrownBy(() -> new LinkProof(new byte[31])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Parties(1, 2, new byte[31], new byte[32]))
                .isInstanceOf(IllegalArgumentException.class);
    }
}

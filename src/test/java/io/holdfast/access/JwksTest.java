package io.holdfast.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.sun.net.httpserver.HttpServer;
import io.holdfast.access.AccessDeniedException.Kind;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class JwksTest {
    private static final Duration REFRESH = Duration.ofMinutes(5);
    private static final JWK OLD = Issuer.of(JWSAlgorithm.ES256).jwk("old");
    private static final JWK NEW = Issuer.of(JWSAlgorithm.ES256).jwk("new");

    private final AtomicLong nanos = new AtomicLong(1);
    private List<JWK> offered = List.of(OLD);
    private boolean down;
    private int fetches;

    private final Jwks jwks = new Jwks(this::fetch, REFRESH, Runnable::run, nanos::get);

    private List<JWK> fetch() throws KeySourceException {
        fetches++;
        if (down) {
            throw new KeySourceException("down");
        }
        return offered;
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private static JWSHeader header(String id) {
        return new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(id).build();
    }

    private int found(String id) throws AccessDeniedException {
        return jwks.find(header(id)).size();
    }

    private void assertUnavailable(String id) {
        assertThatThrownBy(() -> found(id))
                .isInstanceOfSatisfying(
                        AccessDeniedException.class,
                        denied -> assertThat(denied.kind()).isEqualTo(Kind.UNAVAILABLE));
    }

    @Test
    void keys_are_fetched_when_first_wanted_and_kept() throws Exception {
        assertThat(fetches).isZero();
        for (int i = 0; i < 100; i++) {
            assertThat(found("old")).isEqualTo(1);
        }
        assertThat(fetches).isEqualTo(1);
    }

    @Test
    void old_keys_are_fetched_again_and_those_that_are_gone_are_good_no_more() throws Exception {
        found("old");
        offered = List.of(NEW);
        pass(REFRESH);

        assertThat(found("new")).isEqualTo(1);
        pass(Jwks.MIN_INTERVAL);
        assertThat(found("old")).as("after the newer set").isZero();
    }

    @Test
    void a_missing_key_is_fetched_at_once_so_that_rotation_refuses_no_token() throws Exception {
        found("old");
        offered = List.of(OLD, NEW);
        pass(Jwks.MIN_INTERVAL);

        assertThat(found("new")).isEqualTo(1);
        assertThat(fetches).isEqualTo(2);
    }

    @Test
    void invented_key_ids_cause_one_fetch_in_ten_seconds_and_are_not_refused_meanwhile() throws Exception {
        found("old");
        for (int i = 0; i < 1_000; i++) {
            assertUnavailable("invented-" + i);
        }
        assertThat(fetches).isEqualTo(1);
        pass(Jwks.MIN_INTERVAL);

        assertThat(found("invented")).as("looked for in vain").isZero();
        assertThat(fetches).isEqualTo(2);
    }

    @Test
    void in_an_outage_earlier_keys_stay_valid_and_others_cannot_be_checked() throws Exception {
        found("old");
        down = true;
        for (int i = 0; i < 10; i++) {
            pass(REFRESH);
            assertThat(found("old")).isEqualTo(1);
            assertUnavailable("new");
        }
        down = false;
        offered = List.of(NEW);
        pass(Jwks.MIN_INTERVAL);

        assertThat(found("new")).isEqualTo(1);
    }

    @Test
    void without_any_key_fetched_nothing_can_be_judged() {
        down = true;
        assertUnavailable("old");
        assertThat(fetches).isEqualTo(1);
        offered = List.of();
        down = false;
        pass(Jwks.MIN_INTERVAL);
        assertUnavailable("old");
    }

    @Test
    void an_executor_that_takes_nothing_is_an_outage() {
        Jwks refused = new Jwks(
                this::fetch,
                REFRESH,
                work -> {
                    throw new RejectedExecutionException();
                },
                nanos::get);
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> refused.find(header("old"))).isInstanceOf(AccessDeniedException.class);
            pass(Jwks.MIN_INTERVAL);
        }
    }

    @Test
    void only_public_keys_for_signatures_are_taken() throws Exception {
        KeyPairGenerator small = KeyPairGenerator.getInstance("RSA");
        small.initialize(1024);
        Issuer rsa = Issuer.of(JWSAlgorithm.RS256);
        offered = List.of(
                new OctetSequenceKey.Builder(new byte[64]).keyID("secret").build(),
                new RSAKey.Builder((RSAPublicKey) small.generateKeyPair().getPublic())
                        .keyID("short")
                        .build(),
                new RSAKey.Builder((RSAPublicKey) rsa.publicKey())
                        .keyID("for encryption")
                        .keyUse(KeyUse.ENCRYPTION)
                        .build(),
                new RSAKey.Builder((RSAPublicKey) rsa.publicKey())
                        .keyID("for one algorithm")
                        .algorithm(JWSAlgorithm.RS512)
                        .build(),
                OLD);

        assertThat(found("old")).isEqualTo(1);
        pass(Jwks.MIN_INTERVAL);
        assertThat(jwks.find(new JWSHeader(JWSAlgorithm.RS512))).hasSize(1);
        assertThat(jwks.find(new JWSHeader(JWSAlgorithm.RS256))).isEmpty();
        pass(Jwks.MIN_INTERVAL);
        assertThat(jwks.find(new JWSHeader(JWSAlgorithm.HS256))).isEmpty();
    }

    @Test
    void few_connections_wait_for_a_slow_fetch_and_only_for_a_short_time() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            Jwks slow = new Jwks(
                    () -> {
                        try {
                            answer.await();
                        } catch (InterruptedException e) {
                            throw new KeySourceException("interrupted", e);
                        }
                        return List.of(OLD);
                    },
                    REFRESH,
                    threads,
                    System::nanoTime);
            long begun = System.nanoTime();
            List<Future<Kind>> waiting = new ArrayList<>();
            for (int i = 0; i < 5 * Jwks.MAX_WAITING; i++) {
                waiting.add(threads.submit(() -> {
                    try {
                        slow.find(header("old"));
                        throw new AssertionError("nothing was fetched");
                    } catch (AccessDeniedException e) {
                        return e.kind();
                    }
                }));
            }
            for (Future<Kind> one : waiting) {
                assertThat(one.get()).isEqualTo(Kind.UNAVAILABLE);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Jwks.MAX_WAIT.multipliedBy(5));
            answer.countDown();
            long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
            int found = 0;
            while (found == 0 && System.nanoTime() < end) {
                try {
                    found = slow.find(header("old")).size();
                } catch (AccessDeniedException e) {
                    Thread.onSpinWait();
                }
            }
            assertThat(found).isEqualTo(1);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void a_set_is_fetched_over_http() throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        byte[] body = ("{\"keys\":[" + OLD.toJSONString() + ",{\"kty\":\"of the future\"}]}")
                .getBytes(StandardCharsets.UTF_8);
        server.createContext("/jwks", exchange -> {
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        try {
            URI url = URI.create("http://localhost:" + server.getAddress().getPort() + "/jwks");
            assertThat(Jwks.of(url, REFRESH, Runnable::run, System::nanoTime).find(header("old")))
                    .hasSize(1);
        } finally {
            server.stop(0);
        }
    }
}

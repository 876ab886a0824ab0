package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.it.faults.BodyServlet;
import io.holdfast.it.faults.FaultServlet;
import io.holdfast.it.faults.FaultyEngine;
import java.io.File;
import java.net.URI;
import java.net.URL;
import java.util.function.BooleanSupplier;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.importer.ZipImporter;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Arquillian deploys the WAR that was built into a managed Liberty; Tyrus speaks raw frames to it. The engine can be made to
 * fail, so that the runtime's Fault Tolerance shows what it does; its time limits are set shorter by MicroProfile Config.
 */
@ExtendWith(ArquillianExtension.class)
@RunAsClient
class DeployedIT {
    @ArquillianResource
    private URL base;

    @Deployment(testable = false)
    static WebArchive war() {
        // Another name than in the project's server.xml, which this server includes and whose WAR it does not have.
        return ShrinkWrap.create(ZipImporter.class, "deployed.war")
                .importFrom(new File("target/holdfast.war"))
                .as(WebArchive.class)
                .addClasses(FaultyEngine.class, FaultyEngine.Mode.class, FaultServlet.class, BodyServlet.class);
    }

    private URI websocket() {
        return URI.create("ws://localhost:" + base.getPort() + "/connection/websocket");
    }

    private Api api() {
        return new Api(URI.create("http://localhost:" + base.getPort() + "/"), LibertyServer.API_KEY);
    }

    @Test
    void receive_lose_the_connection_miss_100_return_and_get_them_in_order_each_once() {
        String client = Names.fresh("arquillian");
        String outbox = "#" + client;
        String epoch;
        long offset;
        try (RawClient connection = RawClient.open(websocket())) {
            epoch = connection
                    .connectAs(client)
                    .path("subs")
                    .path(outbox)
                    .path("epoch")
                    .asText();
            api().sendNumbers(client, 1, 3);
            offset = connection.publications(outbox, 3).get(2).offset();
        }
        api().sendNumbers(client, 4, 103);
        try (RawClient connection = RawClient.open(websocket())) {
            connection.connect(OutboxIT.RETURN, client, client, epoch, offset);
            assertThat(connection.publications(outbox, 100))
                    .extracting(Pub::n)
                    .containsExactly(OutboxIT.numbers(4, 103));
        }
    }

    /** Readiness is no measure here: Liberty misses the WAR that the project's own configuration names. */
    @Test
    void it_lies_at_the_root_and_wants_a_key() {
        assertThat(api().message("nobody", "nothing").status()).isEqualTo(404);
        assertThat(new Api(URI.create("http://localhost:" + base.getPort() + "/"), null)
                        .message("nobody", "nothing")
                        .status())
                .isEqualTo(401);
    }

    /** What else would cost each publisher's request a second thread; a body that is longer may come while others are served. */
    @Test
    void a_short_body_is_read_on_the_thread_of_its_request() {
        assertThat(api().postRaw("/test/body", "x").body()).isEqualTo("1 in place");
        assertThat(api().postRaw("/test/body", "x".repeat(300)).body()).isEqualTo("300 in place");
        assertThat(api().postRaw("/test/body", "x".repeat(100_000)).body()).isEqualTo("100000 as it came");
    }

    @Test
    void a_failed_write_is_repeated_and_stored_once() {
        engine(FaultyEngine.Mode.FAILS_ONCE);
        JsonNode receipt = api().send("{'client': 'retry', 'id': 'r1', 'data': 1}");

        assertThat(receipt.path("duplicate").asBoolean()).isFalse();
        assertThat(attempts()).isEqualTo(2);
        assertThat(api().send("{'client': 'retry', 'id': 'r1', 'data': 1}")
                        .path("duplicate")
                        .asBoolean())
                .isTrue();
    }

    @Test
    @Tag("slow")
    void five_failures_open_the_breaker_which_refuses_at_once_and_then_tries_again() throws Exception {
        engine(FaultyEngine.Mode.FAILS);
        Api.Answer first = send("b1");
        assertThat(first.status()).isEqualTo(503);
        assertThat(first.header("Retry-After")).isNotNull();
        assertThat(attempts()).isEqualTo(4);
        assertThat(send("b1").status()).isEqualTo(503);
        assertThat(attempts()).isEqualTo(5);

        engine(FaultyEngine.Mode.WORKS);
        assertThat(send("b1").status()).isEqualTo(503);
        assertThat(attempts()).isZero();

        until(() -> send("b1").status() == 200);
        assertThat(send("b2").status()).isEqualTo(200);
        assertThat(send("b3").status()).isEqualTo(200);
    }

    @Test
    void a_hanging_write_leaves_the_outcome_unknown() throws Exception {
        engine(FaultyEngine.Mode.HANGS);
        long start = System.nanoTime();
        Api.Answer answer = send("h1");
        long millis = (System.nanoTime() - start) / 1_000_000;

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.body()).contains("same id");
        assertThat(millis).isBetween(2_000L, 10_000L);
        engine(FaultyEngine.Mode.WORKS);
        until(() -> send("h1").status() == 200);
    }

    @Test
    @Tag("slow")
    void a_full_store_moves_no_breaker_and_publishing_resumes_soon() throws Exception {
        engine(FaultyEngine.Mode.FULL);
        for (int i = 0; i < 8; i++) { // more often than a breaker would bear
            assertThat(send("f1").status()).isEqualTo(503);
            assertThat(send("f2").status()).isEqualTo(503);
            Thread.sleep(1_000);
        }
        assertThat(attempts()).as("one publisher's, then a probe a second").isBetween(5, 12);
        engine(FaultyEngine.Mode.WORKS);
        long begun = System.nanoTime();
        until(() -> send("f1").status() == 200);
        assertThat(System.nanoTime() - begun)
                .as("a probe finds it out; an open breaker takes 4 s")
                .isLessThan(3_500_000_000L);
    }

    private Api.Answer send(String id) {
        return api().post("/api/send", "{'client': 'faults', 'id': '%s', 'data': 1}", id);
    }

    private void engine(FaultyEngine.Mode mode) {
        assertThat(api().postRaw("/test/engine?mode=" + mode, "").status()).isEqualTo(200);
    }

    private int attempts() {
        return Integer.parseInt(api().get("/test/engine").body().strip());
    }

    private static void until(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + 20_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            Thread.sleep(200);
        }
    }
}

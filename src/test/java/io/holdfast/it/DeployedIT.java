package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.net.URI;
import java.net.URL;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.importer.ZipImporter;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Arquillian deploys the WAR that was built into a managed Liberty; Tyrus speaks raw frames to it. */
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
                .as(WebArchive.class);
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
}

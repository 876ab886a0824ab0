package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;
import org.jboss.shrinkwrap.api.importer.ZipImporter;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The container's login instead of tokens, and revocation: the only thing that ends such a client's stay. */
@Tag("slow")
class IdentityIT {
    private static final String WEB_XML = """
            <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.1">
              <security-constraint>
                <web-resource-collection>
                  <web-resource-name>messages</web-resource-name>
                  <url-pattern>/connection/*</url-pattern>
                </web-resource-collection>
                <auth-constraint><role-name>**</role-name></auth-constraint>
              </security-constraint>
              <login-config><auth-method>BASIC</auth-method></login-config>
            </web-app>
            """;
    private static final String REGISTRY = """
            <basicRegistry id="basic" realm="shop">
              <user name="alice" password="secret-a"/>
              <user name="bob" password="secret-b"/>
            </basicRegistry>
            </server>
            """;

    private static LibertyServer server;

    @BeforeAll
    static void start() throws IOException {
        Path work = Files.createDirectories(Path.of("target/identity-it"));
        Path serverXml = Files.writeString(
                work.resolve("server.xml"),
                Files.readString(Path.of("server.xml"))
                        .replace("</featureManager>", "<feature>appSecurity-6.0</feature></featureManager>")
                        .replace("</server>", REGISTRY));
        Path war = work.resolve("holdfast.war");
        ShrinkWrap.create(ZipImporter.class, "holdfast.war")
                .importFrom(new File("target/holdfast.war"))
                .as(WebArchive.class)
                .setWebXML(new StringAsset(WEB_XML))
                .as(ZipExporter.class)
                .exportTo(war.toFile(), true);
        server = LibertyServer.prepare(
                        "identity",
                        Map.of(
                                "holdfast.identity",
                                "container",
                                "holdfast.api.keys",
                                Tokens.hashed("admin", LibertyServer.API_KEY)),
                        serverXml,
                        war)
                .start();
    }

    @AfterAll
    static void end() {
        if (server != null) {
            server.close();
        }
    }

    private static String login(String name, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((name + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    private static RawClient open(String name, String password) {
        return RawClient.open(server.websocket(), Map.of("Authorization", login(name, password)), List.of());
    }

    @Test
    void the_containers_login_is_the_client_without_a_token() {
        try (RawClient connection = open("bob", "secret-b")) {
            assertThat(connection.connect("{}").path("subs").has("#bob")).isTrue();
            assertThat(server.api()
                            .post("/api/send", "{'client': 'bob', 'data': {'n': 1}}")
                            .status())
                    .isEqualTo(200);
            assertThat(connection.publication("#bob").n()).isEqualTo(1);
            assertThat(connection.refused("subscribe", "{'channel': '#alice'}")).isEqualTo(103);
        }
    }

    /** The login belongs to the request, not to the thread that sees the end of the body. */
    @Test
    void it_is_so_over_a_stream_too_whose_body_comes_late() throws Exception {
        String body = "{\"id\":1,\"connect\":{}}";
        try (Socket socket = new Socket("localhost", server.http().getPort())) {
            socket.setSoTimeout(10_000);
            OutputStream out = socket.getOutputStream();
            out.write(("POST /connection/http_stream HTTP/1.1\r\nHost: localhost:"
                            + server.http().getPort() + "\r\nAuthorization: " + login("bob", "secret-b")
                            + "\r\nContent-Length: " + body.length() + "\r\n\r\n")
                    .getBytes(StandardCharsets.UTF_8));
            Thread.sleep(300);
            out.write(body.getBytes(StandardCharsets.UTF_8));
            StringBuilder heard = new StringBuilder();
            while (!heard.toString().contains("\"id\":1")) {
                int b = socket.getInputStream().read();
                assertThat(b).as("after %s", heard).isNotNegative();
                heard.append((char) b);
            }
            while (heard.charAt(heard.length() - 1) != '\n') {
                heard.append((char) socket.getInputStream().read());
            }
            assertThat(heard.toString()).contains("\"#bob\"");
        }
    }

    @Test
    void nobody_gets_in_without_the_right_password_or_from_a_foreign_page() {
        assertThatThrownBy(() -> SocketClient.open(server.websocket(), 0, ""))
                .hasRootCauseMessage("handshake refused: 401");
        assertThatThrownBy(() ->
                        SocketClient.open(server.websocket(), 0, "Authorization: " + login("bob", "secret-a") + "\r\n"))
                .hasRootCauseMessage("handshake refused: 401");
        assertThatThrownBy(() -> SocketClient.open(
                        server.websocket(),
                        0,
                        "Authorization: " + login("bob", "secret-b") + "\r\nOrigin: https://evil.example\r\n"))
                .hasRootCauseMessage("handshake refused: 403");
    }

    @Test
    void a_revoked_client_is_thrown_out_and_stays_out_after_sigkill() {
        try (RawClient connection = open("alice", "secret-a")) {
            connection.connect("{}");
            Api.Answer revoked = server.api().post("/api/revoke", "{'client': 'alice'}");
            assertThat(revoked.body()).startsWith("{\"closed\":1,\"expires_at\":");
            assertThat(connection.awaitClose().code()).isEqualTo(3500);
        }
        server.restart();
        assertThat(server.api().get("/api/revocations").body())
                .startsWith("{\"revocations\":[{\"client\":\"alice\",\"expires_at\":")
                .endsWith("],\"total\":1}");
        try (RawClient connection = open("alice", "secret-a")) {
            connection.send("{\"id\":1,\"connect\":{}}");
            assertThat(connection.awaitClose().code()).isEqualTo(3500);
        }
        assertThat(server.api()
                        .post("/api/revoke", "{'client': 'alice', 'ttl': 0}")
                        .status())
                .isEqualTo(200);
        try (RawClient connection = open("alice", "secret-a")) {
            assertThat(connection.connect("{}").path("subs").has("#alice")).isTrue();
        }
        assertThat(server.api().post("/api/revoke", "{'ttl': 5}").status()).isEqualTo(400);
        assertThat(server.api()
                        .post("/api/revoke", "{'client': 'a', 'token_id': 'b'}")
                        .status())
                .isEqualTo(400);
        assertThat(server.api().post("/api/revoke", "{'client': 'a', 'tll': 5}").body())
                .contains("unknown_field");
        assertThat(server.api()
                        .post("/api/publish", "{'channel': 'unknown:1', 'data': 1}")
                        .body())
                .contains("\"code\":102");
    }
}

package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.holdfast.client.Close;
import java.io.File;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
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

/** The login of MicroProfile JWT at the handshake in place of a connect token: who, and for how long. */
@Tag("slow")
class JwtIdentityIT {
    private static final String ISSUER = "https://login.example";
    private static final String WEB_XML = """
            <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.1">
              <security-constraint>
                <web-resource-collection>
                  <web-resource-name>messages</web-resource-name>
                  <url-pattern>/connection/*</url-pattern>
                </web-resource-collection>
                <auth-constraint><role-name>**</role-name></auth-constraint>
              </security-constraint>
            </web-app>
            """;

    private static KeyPair keys;
    private static LibertyServer server;

    @BeforeAll
    static void start() throws IOException, GeneralSecurityException {
        keys = keyPair();
        Path work = Files.createDirectories(Path.of("target/jwt-identity-it"));
        Path serverXml = Files.writeString(
                work.resolve("server.xml"),
                Files.readString(Path.of("server.xml"))
                        .replace("</featureManager>", "<feature>mpJwt-2.1</feature></featureManager>"));
        Path war = work.resolve("holdfast.war");
        ShrinkWrap.create(ZipImporter.class, "holdfast.war")
                .importFrom(new File("target/holdfast.war"))
                .as(WebArchive.class)
                .setWebXML(new StringAsset(WEB_XML))
                .as(ZipExporter.class)
                .exportTo(war.toFile(), true);
        String publicKey = Base64.getEncoder().encodeToString(keys.getPublic().getEncoded());
        Map<String, String> variables = Map.of(
                "mp.jwt.verify.publickey",
                "-----BEGIN PUBLIC KEY-----" + publicKey + "-----END PUBLIC KEY-----",
                "mp.jwt.verify.issuer",
                ISSUER,
                "holdfast.identity",
                "container",
                "holdfast.token.expiry-grace",
                "1",
                "holdfast.api.keys",
                Tokens.hashed("admin", LibertyServer.API_KEY));
        server =
                LibertyServer.prepare("jwt-identity", variables, serverXml, war).start();
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    private static KeyPair keyPair() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        return generator.generateKeyPair();
    }

    /** Made by hand, so that no library is tested against itself. */
    private static String token(KeyPair signer, String client, String id, Instant expiry)
            throws GeneralSecurityException {
        String claims = Json.object("{'iss': '%s', 'sub': '%s', 'upn': '%s', 'jti': '%s'}", ISSUER, client, client, id)
                .put("iat", Instant.now().getEpochSecond())
                .put("exp", expiry.getEpochSecond())
                .toString();
        String signed = Tokens.encoded("{\"alg\":\"RS256\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.UTF_8)) + "."
                + Tokens.encoded(claims.getBytes(StandardCharsets.UTF_8));
        Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initSign(signer.getPrivate());
        signature.update(signed.getBytes(StandardCharsets.US_ASCII));
        return signed + "." + Tokens.encoded(signature.sign());
    }

    private static RawClient open(String token) {
        return RawClient.open(server.websocket(), Map.of("Authorization", "Bearer " + token), List.of());
    }

    @Test
    void the_token_at_the_handshake_names_the_client_without_a_connect_token() throws Exception {
        String client = Names.fresh("alice");
        try (RawClient connection =
                open(token(keys, client, "t-1", Instant.now().plusSeconds(600)))) {
            JsonNode connected = connection.connect("{}");
            assertThat(connected.path("subs").has("#" + client)).isTrue();
            assertThat(connected.has("expires"))
                    .as("an SDK without tokens cannot refresh")
                    .isFalse();
            server.api().send("{'client': '%s', 'data': {'n': 1}}", client);
            assertThat(connection.publication("#" + client).n()).isEqualTo(1);
        }
    }

    @Test
    void no_client_connects_without_a_token_or_with_a_forged_or_an_expired_one() throws Exception {
        Instant later = Instant.now().plusSeconds(600);
        String forged = token(keyPair(), "alice", "t-2", later);
        String old = token(keys, "alice", "t-3", Instant.now().minusSeconds(3_600));
        for (String header :
                List.of("", "Authorization: Bearer " + forged + "\r\n", "Authorization: Bearer " + old + "\r\n")) {
            assertThatThrownBy(() -> SocketClient.open(server.websocket(), 0, header))
                    .hasRootCauseMessage("handshake refused: 401");
        }
    }

    @Test
    void when_the_token_expires_the_connection_ends_after_the_grace_and_not_before() throws Exception {
        Instant expiry = Instant.ofEpochSecond(Instant.now().getEpochSecond() + 5);
        try (RawClient connection = open(token(keys, Names.fresh("alice"), "t-4", expiry));
                RawClient other = open(
                        token(keys, Names.fresh("bob"), "t-5", Instant.now().plusSeconds(600)))) {
            connection.connect("{}");
            other.connect("{}");
            assertThat(connection.awaitClose(Duration.ofSeconds(30))).isEqualTo(new Close(3005, "connection expired"));
            assertThat(Instant.now()).isAfterOrEqualTo(expiry.plusMillis(900));
            assertThat(other.isOpen()).isTrue();
        }
    }

    @Test
    void over_a_stream_it_is_the_same() throws Exception {
        String client = Names.fresh("dora");
        Instant expiry = Instant.ofEpochSecond(Instant.now().getEpochSecond() + 5);
        HttpRequest request = HttpRequest.newBuilder(server.http().resolve("/connection/http_stream"))
                .header("Authorization", "Bearer " + token(keys, client, "t-7", expiry))
                .timeout(Duration.ofSeconds(30))
                .POST(HttpRequest.BodyPublishers.ofString("{\"id\":1,\"connect\":{}}"))
                .build();
        List<String> lines = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .build()
                .send(request, HttpResponse.BodyHandlers.ofLines())
                .body()
                .toList();
        assertThat(lines.get(0)).contains("\"subs\":{\"#" + client + "\"").doesNotContain("expires");
        // Blanks that keep the stream alive may come before a line.
        assertThat(lines.get(lines.size() - 1).strip()).startsWith("{\"push\":{\"disconnect\":{\"code\":3005,");
        assertThat(Instant.now()).isAfterOrEqualTo(expiry.plusMillis(900));
    }

    @Test
    void a_revoked_token_is_thrown_out_by_its_id_and_stays_out() throws Exception {
        String token = token(keys, Names.fresh("carol"), "t-6", Instant.now().plusSeconds(600));
        try (RawClient connection = open(token)) {
            connection.connect("{}");
            assertThat(server.api().post("/api/revoke", "{'token_id': 't-6'}").body())
                    .startsWith("{\"closed\":1,");
            assertThat(connection.awaitClose().code()).isEqualTo(3500);
        }
        try (RawClient connection = open(token)) {
            connection.send("{\"id\":1,\"connect\":{}}");
            assertThat(connection.awaitClose().code()).isEqualTo(3500);
        }
    }
}

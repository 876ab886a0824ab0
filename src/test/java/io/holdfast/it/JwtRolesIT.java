package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
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
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** With MicroProfile JWT in the server, a token's groups are roles of the server API, beside keys. */
@Tag("slow")
class JwtRolesIT {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static KeyPair keys;
    private static LibertyServer gateway;

    @BeforeAll
    static void start() throws IOException, GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        keys = generator.generateKeyPair();
        Path serverXml = Files.createDirectories(Path.of("target/jwt-it")).resolve("server.xml");
        Files.writeString(
                serverXml,
                Files.readString(Path.of("server.xml"))
                        .replace("</featureManager>", "<feature>mpJwt-2.1</feature></featureManager>"));
        Map<String, String> variables = Map.of(
                "mp.jwt.verify.publickey",
                "-----BEGIN PUBLIC KEY-----"
                        + Base64.getEncoder().encodeToString(keys.getPublic().getEncoded())
                        + "-----END PUBLIC KEY-----",
                "mp.jwt.verify.issuer",
                "https://login.example",
                "holdfast.api.keys",
                Tokens.hashed("publisher", "a-key"),
                "holdfast.access.check", // no client connects here
                "false");
        gateway = LibertyServer.prepare("jwt", variables, serverXml, Path.of("target/holdfast.war"))
                .start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static String token(KeyPair signer, String issuer, String groups) throws GeneralSecurityException {
        long now = Instant.now().getEpochSecond();
        String claims = "{\"iss\":\"" + issuer + "\",\"sub\":\"shop\",\"upn\":\"shop\",\"jti\":\"" + System.nanoTime()
                + "\",\"iat\":" + now + ",\"exp\":" + (now + 600) + ",\"groups\":[" + groups + "]}";
        String signed = Tokens.encoded("{\"alg\":\"RS256\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.UTF_8)) + "."
                + Tokens.encoded(claims.getBytes(StandardCharsets.UTF_8));
        Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initSign(signer.getPrivate());
        signature.update(signed.getBytes(StandardCharsets.US_ASCII));
        return signed + "." + Tokens.encoded(signature.sign());
    }

    private static String token(String groups) throws GeneralSecurityException {
        return token(keys, "https://login.example", groups);
    }

    private static int status(String token, String method, String path, String body)
            throws IOException, InterruptedException {
        URI target = gateway.http().resolve(path);
        HttpRequest request = HttpRequest.newBuilder(target)
                .header("Authorization", "Bearer " + token)
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        return HTTP.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
    }

    @Test
    void the_groups_of_a_token_say_what_it_may() throws Exception {
        String send = "{\"client\":\"u1\",\"data\":{}}";
        String publisher = token("\"holdfast-publisher\",\"staff\"");
        assertThat(status(publisher, "POST", "/api/send", send)).isEqualTo(200);
        assertThat(status(publisher, "GET", "/api/metrics", "")).isEqualTo(403);
        String reader = token("\"holdfast-reader\"");
        assertThat(status(reader, "GET", "/api/metrics", "")).isEqualTo(200);
        assertThat(status(reader, "POST", "/api/send", send)).isEqualTo(403);
        String admin = token("\"holdfast-admin\"");
        assertThat(status(admin, "GET", "/api/metrics", "")).isEqualTo(200);
        assertThat(status(admin, "POST", "/api/disconnect", "{\"user\":\"u1\"}"))
                .isEqualTo(200);
    }

    @Test
    void a_token_without_our_groups_or_of_somebody_else_opens_nothing() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        String forged = token(generator.generateKeyPair(), "https://login.example", "\"holdfast-admin\"");
        String foreign = token(keys, "https://elsewhere.example", "\"holdfast-admin\"");
        for (String token : new String[] {token("\"publisher\",\"admin\""), token(""), forged, foreign, "garbage"}) {
            assertThat(status(token, "GET", "/api/metrics", "")).as(token).isEqualTo(401);
        }
    }

    @Test
    void a_key_still_counts() {
        assertThat(new Api(gateway.http(), "a-key")
                        .post("/api/send", "{'client': 'u1', 'data': {}}")
                        .status())
                .isEqualTo(200);
    }
}

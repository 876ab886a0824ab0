package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.example.shop.Chat;
import com.example.shop.Confirmations;
import com.example.shop.Notes;
import com.example.shop.PlacedOrder;
import com.example.shop.Supplier;
import com.example.shop.Trials;
import com.example.shop.Visits;
import com.example.shop.Warehouse;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.h2.jdbcx.JdbcDataSource;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;
import org.jboss.shrinkwrap.api.importer.ZipImporter;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * The shop with its handlers, on a server configured as docs/handlers.md says. All tests that want it share one ({@link
 * Shared}); what they call it and its beans must not meet what others do.
 */
final class HandlersShop implements AutoCloseable {
    static final Path DOCUMENT = Path.of("docs/handlers.md");
    static final String SHOP = "/shop";

    /** Where its web pages are. */
    static final Path PAGES = Path.of("src/test/resources/com/example/shop");

    private static final String NOTES = "notes";
    private static final String SECRET = "a secret of at least thirty-two bytes";
    private static final String KEY = "a key of the shop";

    private final LibertyServer server;

    /** Gives tests the shop: it starts with the first that wants it, and ends with the last test. */
    static final class Shared implements BeforeAllCallback, ParameterResolver {
        private static final ExtensionContext.Namespace NAMESPACE =
                ExtensionContext.Namespace.create(HandlersShop.class);

        @Override
        public void beforeAll(ExtensionContext context) {
            shop(context);
        }

        private static HandlersShop shop(ExtensionContext context) {
            return context.getRoot()
                    .getStore(NAMESPACE)
                    .getOrComputeIfAbsent("shop", key -> new HandlersShop(), HandlersShop.class);
        }

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == HandlersShop.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return shop(context);
        }
    }

    private HandlersShop() {
        try {
            server = prepare("handlers", Map.of(), war -> {}).start();
        } catch (Exception e) {
            throw new AssertionError("the shop cannot be built", e);
        }
    }

    LibertyServer server() {
        return server;
    }

    /** One of its pages. */
    URI page(String name) {
        return server.http().resolve(SHOP + "/" + name);
    }

    /** A server with the shop, not started yet. */
    static LibertyServer prepare(String name, Map<String, String> more, Consumer<WebArchive> changes) throws Exception {
        return prepareAt(SHOP, name, more, changes);
    }

    /** Likewise, at another context root. */
    static LibertyServer prepareAt(String root, String name, Map<String, String> more, Consumer<WebArchive> changes)
            throws Exception {
        Path work = Files.createDirectories(work(name));
        Files.deleteIfExists(work.resolve(NOTES));
        Path serverXml = Files.writeString(
                work.resolve("server.xml"),
                Documents.server("docs/library.md").replace('"' + SHOP + '"', '"' + root + '"'));
        Map<String, String> variables = new HashMap<>(Map.ofEntries(
                Map.entry("holdfast.token.hmac-secret", SECRET),
                Map.entry("holdfast.token.expiry-grace", "PT1S"),
                Map.entry("holdfast.api.keys", Tokens.hashed("admin", KEY)),
                Map.entry("holdfast.namespaces", "chat, desk"),
                Map.entry("holdfast.namespace.chat.publish", "subscribers"),
                Map.entry("holdfast.namespace.desk.publish", "subscribers"),
                Map.entry("holdfast.namespace.desk.presence", "subscribers"),
                Map.entry("holdfast.namespace.desk.history", "subscribers"),
                Map.entry("holdfast.namespace.desk.recovery", "false"),
                Map.entry("holdfast.channels.subscribe", "clients"),
                Map.entry("holdfast.channels.presence", "clients"),
                Map.entry("holdfast.handlers.roles-claim", "/shop/roles"),
                Map.entry("holdfast.handlers.headers", "X-Shop"),
                Map.entry("holdfast.handlers.timeout", "PT12S"),
                Map.entry("shop.driver", ShopWar.jarOf(JdbcDataSource.class).toString()),
                Map.entry("shop.url", create(work.resolve("shop").toAbsolutePath()))));
        variables.put("shop.notes", work.resolve(NOTES).toAbsolutePath().toString());
        variables.putAll(more);
        return LibertyServer.prepare(name, variables, serverXml, war(work, changes))
                .override(
                        "datasource.xml",
                        Files.writeString(
                                work.resolve("datasource.xml"),
                                Documents.snippets(Path.of("docs/transactions.md"), "xml")
                                        .get(0)))
                .override(
                        "handlers.xml",
                        Files.writeString(
                                work.resolve("handlers.xml"),
                                Documents.snippets(DOCUMENT, "xml").get(0)));
    }

    private static Path work(String name) {
        return Path.of("target/handlers-it").resolve(name);
    }

    /** What the bean {@code Notes} has noted on a server since it was prepared. */
    static List<String> notes(String name) {
        Path file = work(name).resolve(NOTES);
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path war(Path work, Consumer<WebArchive> changes) throws Exception {
        Path plain = work.resolve("plain.war");
        List<Class<?>> classes = new ArrayList<>();
        for (Class<?> bean : List.of(
                Chat.class,
                Confirmations.class,
                Notes.class,
                PlacedOrder.class,
                Supplier.class,
                Trials.class,
                Visits.class,
                Warehouse.class)) {
            classes.add(bean);
            classes.addAll(List.of(bean.getDeclaredClasses()));
        }
        ShopWar.write(plain, classes.toArray(Class<?>[]::new));
        Path war = work.resolve("shop.war");
        WebArchive shop = ShrinkWrap.create(ZipImporter.class, "shop.war")
                .importFrom(plain.toFile())
                .as(WebArchive.class)
                .addAsResource(
                        new StringAsset(Documents.snippets(DOCUMENT, "xml").get(1)), "META-INF/persistence.xml")
                .addAsWebResource(PAGES.resolve("shop.html").toFile(), "shop.html")
                .addAsWebResource(PAGES.resolve("shop.js").toFile(), "shop.js");
        changes.accept(shop);
        shop.as(ZipExporter.class).exportTo(war.toFile(), true);
        return war;
    }

    private static String create(Path database) throws Exception {
        Files.deleteIfExists(Path.of(database + ".mv.db"));
        String url = "jdbc:h2:file:" + database;
        try (Connection connection = DriverManager.getConnection(url, "sa", "")) {
            connection
                    .createStatement()
                    .execute("CREATE TABLE placed_orders (id VARCHAR(64) PRIMARY KEY, client VARCHAR(64), pieces INT)");
            connection
                    .createStatement()
                    .execute(Files.readString(Path.of("src/main/resources/io/holdfast/transactions/h2.sql")));
        }
        return url;
    }

    static String token(String client, String... roles) {
        String claims = "{\"sub\":\"" + client + "\",\"exp\":" + (Instant.now().getEpochSecond() + 600)
                + ",\"tier\":\"gold\",\"shop\":{\"roles\":[" + quoted(roles) + "]}}";
        return new Tokens(SECRET).signed("{\"alg\":\"HS256\",\"typ\":\"JWT\"}", claims);
    }

    /** For a subscription. */
    static String channelToken(String client, String channel) {
        String claims = Json.object("{'sub': '%s', 'channel': '%s'}", client, channel)
                .put("exp", Instant.now().getEpochSecond() + 600)
                .toString();
        return new Tokens(SECRET).signed("{\"alg\":\"HS256\",\"typ\":\"JWT\"}", claims);
    }

    private static String quoted(String... texts) {
        return Arrays.stream(texts).map(text -> "\"" + text + "\"").collect(Collectors.joining(","));
    }

    RawClient open(Wire wire) {
        return RawClient.open(
                wire, server.websocket(SHOP), Map.of("X-Shop", "Graz", "X-Hidden", "1"), wire.subprotocols());
    }

    RawClient connected(Wire wire, String client, String... roles) {
        RawClient connection = open(wire);
        connection.connect("{'token': '%s'}", token(client, roles));
        return connection;
    }

    /** The reply to a call; the data with single quotes. */
    static JsonNode rpc(WireClient connection, String method, String data) {
        return connection
                .command("rpc", "{'method': '%s', 'data': %s}", method, data.replace('\'', '"'))
                .path("data");
    }

    /** The error of a call; the data with single quotes. */
    static JsonNode error(WireClient connection, String method, String data) {
        JsonNode reply = connection.ask("rpc", "{'method': '%s', 'data': %s}", method, data.replace('\'', '"'));
        assertThat(reply.has("error")).as(reply.toString()).isTrue();
        return reply.path("error");
    }

    @Override
    public void close() {
        server.close();
    }
}

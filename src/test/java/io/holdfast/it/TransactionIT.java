package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.example.shop.Checkout;
import com.example.shop.CheckoutServlet;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import java.util.stream.StreamSupport;
import org.awaitility.core.ConditionFactory;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** An application that orders and sends in one transaction, on a server configured as docs/transactions.md says. */
class TransactionIT {
    private static final Path DOCUMENT = Path.of("docs/transactions.md");
    private static final String SHOP = "/shop";

    /** Every place between two steps, and after the last. */
    private static final String[] DEATHS = {"kbispc", "bkispc", "biksp", "biskpc", "bispkc", "bispck"};

    private static LibertyServer server;

    @BeforeAll
    static void deploy() throws Exception {
        server = prepare("transactions", UnaryOperator.identity()).start();
    }

    /** @param change of the data source in the document */
    private static LibertyServer prepare(String name, UnaryOperator<String> change) throws Exception {
        Path work = Files.createDirectories(Path.of("target/transaction-it").resolve(name));
        Path serverXml = Files.writeString(work.resolve("server.xml"), Documents.server("docs/library.md"));
        Path war = work.resolve("shop.war");
        ShopWar.write(war, Checkout.class, CheckoutServlet.class);
        Map<String, String> variables = Map.of(
                "holdfast.insecure",
                "true",
                "holdfast.channels.max-messages",
                "100000",
                "shop.driver",
                ShopWar.jarOf(JdbcDataSource.class).toString(),
                "shop.url",
                create(work.resolve("shop").toAbsolutePath()));
        String documented = Documents.snippets(DOCUMENT, "xml").get(0);
        String changed = change.apply(documented);
        return LibertyServer.prepare(name, variables, serverXml, war)
                .override("datasource.xml", Files.writeString(work.resolve("datasource.xml"), changed));
    }

    /** Written at the commit: by default H2 does so up to half a second later. */
    private static String create(Path database) throws IOException, SQLException {
        Files.deleteIfExists(Path.of(database + ".mv.db"));
        String url = "jdbc:h2:file:" + database + ";WRITE_DELAY=0";
        try (Connection connection = DriverManager.getConnection(url, "sa", "")) {
            connection
                    .createStatement()
                    .execute("CREATE TABLE orders (id VARCHAR(64) PRIMARY KEY, client VARCHAR(64))");
            connection
                    .createStatement()
                    .execute(Files.readString(Path.of("src/main/resources/io/holdfast/transactions/h2.sql")));
        }
        return url;
    }

    @AfterAll
    static void end() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void what_is_sent_in_a_transaction_comes_with_its_commit() {
        String client = Names.fresh("buyer");
        String order = Names.fresh("order");
        try (RawClient connection = RawClient.open(server.websocket(SHOP))) {
            connection.connectForTags(client);
            assertThat(order(client, order, "")).isEqualTo("ordered");
            assertThat(connection.publication("#" + client).id()).isEqualTo("ordered-" + order);
        }
        assertThat(orders()).contains(order);
        awaitForwarded();
        assertThat(published()).containsOnlyOnce(order);
        patiently().untilAsserted(() -> assertThat(forwarded()).isGreaterThanOrEqualTo(2));
    }

    @Test
    void what_is_rolled_back_is_never_sent() {
        String order = Names.fresh("order");
        String other = Names.fresh("order");
        assertThat(order("buyer", order, "&steps=bispxx")).startsWith("IllegalArgumentException");
        assertThat(order("buyer", order, "&steps=bisprc")).startsWith("RollbackException");
        assertThat(order("buyer", other, "")).isEqualTo("ordered");
        awaitForwarded();
        assertThat(published()).contains(other).doesNotContain(order);
        assertThat(orders()).contains(other).doesNotContain(order);
    }

    @Test
    void without_a_transaction_that_can_commit_the_call_fails() {
        String order = Names.fresh("order");
        assertThat(order("buyer", order, "&steps=s"))
                .startsWith("IllegalStateException: There is no transaction. Call this within one");
        assertThat(order("buyer", order, "&steps=brs"))
                .startsWith("IllegalStateException: The transaction is marked for rollback");
        assertThat(order("", order, "&steps=bs")).isEqualTo("DeliveryException: client must not be empty");
    }

    @Test
    void a_data_source_without_xa_shares_its_connection_with_the_sender() throws Exception {
        try (LibertyServer plain = prepare("transactions-plain", TransactionIT::withoutXa)) {
            plain.start();
            assertThat(order(plain, "buyer", "o1", "")).isEqualTo("ordered");
            assertThat(order(plain, "buyer", "o2", "&steps=bispxx")).startsWith("IllegalArgumentException");
            assertThat(order(plain, "buyer", "o3", "")).isEqualTo("ordered");
            patiently().untilAsserted(() -> assertThat(published(plain)).containsExactly("o1", "o3"));
        }
    }

    @Test
    void a_data_source_that_is_not_transactional_is_refused() throws Exception {
        try (LibertyServer loose = prepare("transactions-loose", TransactionIT::notTransactional)) {
            loose.start();
            assertThat(order(loose, "buyer", "o1", "&steps=bspc"))
                    .startsWith("IllegalStateException: The data source jdbc/shop does not take part");
            assertThat(order(loose, "buyer", "o2", "&steps=bspc"))
                    .startsWith("IllegalStateException: The data source jdbc/shop does not take part");
            assertThat(query(loose, "SELECT%20COUNT(*)%20FROM%20holdfast_outbox"))
                    .containsExactly("0");
        }
    }

    private static String withoutXa(String xml) {
        String plain = xml.replace("javax.sql.XADataSource", "javax.sql.ConnectionPoolDataSource");
        assertThat(plain).isNotEqualTo(xml);
        return plain;
    }

    private static String notTransactional(String xml) {
        String loose = xml.replace("<dataSource ", "<dataSource transactional=\"false\" ");
        assertThat(loose).isNotEqualTo(xml);
        return loose;
    }

    @Test
    void the_code_in_the_document_is_the_code_of_this_test() throws IOException {
        assertThat(Files.readString(Path.of("src/test/java/com/example/shop/Checkout.java")))
                .contains(Documents.snippets(DOCUMENT, "java"));
    }

    @Test
    @Tag("slow")
    void a_server_killed_at_a_statement_has_sent_what_was_committed_and_no_more() {
        int rounds = 10 * Integer.getInteger("holdfast.crash.rounds", 3);
        long seed = Long.getLong("holdfast.seed", System.nanoTime());
        System.out.println("TransactionIT: -Dholdfast.seed=" + seed);
        Random random = new Random(seed);
        int first = random.nextInt(DEATHS.length + 1);
        for (int round = first; round < first + rounds; round++) {
            List<String> acknowledged = new ArrayList<>();
            for (int i = random.nextInt(5); i > 0; i--) {
                String order = Names.fresh("order");
                assertThat(order("buyer", order, "")).isEqualTo("ordered");
                acknowledged.add(order);
            }
            String last = Names.fresh("order");
            if (round % (DEATHS.length + 1) < DEATHS.length) {
                String steps = DEATHS[round % (DEATHS.length + 1)];
                assertThat(dying(last, "&steps=" + steps)).as(steps).isTrue();
            } else {
                order("buyer", last, ""); // and while it is forwarded
                LockSupport.parkNanos(random.nextInt(10_000_000));
            }
            server.restart();
            awaitForwarded();
            assertThat(published())
                    .as("round %d", round)
                    .doesNotHaveDuplicates()
                    .containsExactlyInAnyOrderElementsOf(orders())
                    .containsAll(acknowledged);
        }
    }

    private static boolean dying(String order, String more) {
        try {
            order("buyer", order, more);
            return false;
        } catch (UncheckedIOException e) {
            return true;
        }
    }

    private static String order(String client, String order, String more) {
        return order(server, client, order, more);
    }

    private static String order(LibertyServer shop, String client, String order, String more) {
        Api.Answer answer = shop.api().postRaw(SHOP + "/checkout?client=" + client + "&order=" + order + more, "");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    private static List<String> orders() {
        return query(server, "SELECT%20id%20FROM%20orders");
    }

    private static List<String> query(LibertyServer shop, String sql) {
        Api.Answer answer = shop.api().get(SHOP + "/checkout?sql=" + sql);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.body().lines().toList();
    }

    /** The report is up to a second old, and the machine may be busy. */
    private static ConditionFactory patiently() {
        return await().atMost(1, TimeUnit.MINUTES);
    }

    private static void awaitForwarded() {
        patiently()
                .until(() -> query(server, "SELECT%20COUNT(*)%20FROM%20holdfast_outbox")
                        .equals(List.of("0")));
    }

    private static List<String> published() {
        return published(server);
    }

    /** Of every order that subscribers were told, each as often as it is in the channel. */
    private static List<String> published(LibertyServer shop) {
        JsonNode answer = shop.api()
                .post(SHOP + "/api/history", "{'channel': 'orders', 'limit': 100000}")
                .json();
        return StreamSupport.stream(answer.path("result").path("publications").spliterator(), false)
                .map(publication -> publication.path("data").path("order").asText())
                .toList();
    }

    private static int forwarded() {
        return server.api()
                .get(SHOP + "/report")
                .json()
                .path("transactions")
                .path("forwarded")
                .asInt();
    }
}

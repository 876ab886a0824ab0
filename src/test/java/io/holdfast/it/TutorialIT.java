package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Somebody does what docs/tutorial.md says, with its commands and files as they are written there. Only the ports are others, and
 * {@code mvn liberty:run} starts the WAR that was built.
 */
@Tag("slow")
class TutorialIT {
    private static final Path DOCUMENT = Path.of("docs/tutorial.md");
    private static final String VARIABLE = "-Dliberty.var.";

    /** What {@code mvn} got: the keys in the environment, and its arguments. */
    private static final String MAVEN = "mvn() { env | grep '^HOLDFAST_' || true; printf '%s\\n' \"$@\"; }\n";

    @TempDir
    Path home;

    private final LibertyServer gateway = LibertyServer.prepare("tutorial", Map.of());
    private final int shopPort = LibertyServer.freePort();
    private final URI page = URI.create("http://localhost:" + shopPort + "/");
    private final List<String> done = new ArrayList<>();
    private final List<Process> running = new ArrayList<>();
    private Map<String, String> steps = Map.of();

    @BeforeEach
    void read() throws IOException {
        steps = Documents.steps(DOCUMENT);
    }

    @AfterEach
    void end() {
        running.forEach(TutorialIT::end);
        gateway.close();
    }

    /** The shell and what it has started. */
    private static void end(Process process) {
        List<ProcessHandle> all = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList();
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(ended -> ended.onExit().join());
    }

    @Test
    void from_nothing_to_an_order_notification_in_a_browser() throws Exception {
        startGateway("start the gateway");
        JsonNode receipt = Json.read(carryOut("send"));
        JsonNode shown = Json.read(Documents.snippets(DOCUMENT, "json").get(0));
        assertThat(receipt.fieldNames()).toIterable().containsExactlyElementsOf(shown::fieldNames);
        assertThat(receipt.path("stored").asBoolean()).isTrue();
        assertThat(carryOut("ask for the state")).contains("\"state\":\"queued\"");

        carryOut("make a directory");
        Path directory = home.resolve("holdfast-shop");
        Path html = Files.writeString(directory.resolve("shop.html"), file("html"));
        Files.writeString(directory.resolve("Shop.java"), file("java"));
        Process shop = begin("start the shop");
        awaitShop();
        try (Browser browser = Browser.open(page)) {
            browser.awaitText("#state", "connected");
            browser.awaitText("#orders", "Welcome, Ada");
            assertThat(Json.read(carryOut("ship an order")).path("duplicate").asBoolean())
                    .isFalse();
            browser.awaitText("#orders", "Welcome, AdaOrder 7 is on its way");
            browser.screenshot(Path.of("target/tutorial.png"));
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(carryOut("ask again")).contains("\"state\":\"acknowledged\""));
            assertThat(Json.read(carryOut("ship it twice")).path("duplicate").asBoolean())
                    .isTrue();
            assertThat(browser.errors()).isEmpty();
        }

        carryOut("ship while she is away");
        gateway.kill();
        Process waiting = begin("ship while the gateway is down");
        startGateway("start the gateway");
        assertThat(Json.read(output(waiting)).path("stored").asBoolean()).isTrue();
        try (Browser browser = Browser.open(page)) {
            browser.awaitText("#orders", "Order 8 is on its wayOrder 9 is on its way");

            carryOut("make the secrets");
            gateway.stop();
            startGateway("start the gateway with tokens");
            browser.awaitText("#state", "closed (unauthorized)");
            assertThat(carryOut("call with the old key")).startsWith("HTTP/1.1 401");
            end(shop);
            begin("start the shop with the secrets");
            awaitShop();
            String named = "client: 'ada',";
            String before = Files.readString(html);
            assertThat(before).contains(named);
            Files.writeString(html, before.replace(named, file("js").strip()));
            browser.evaluate("location.reload()");
            browser.awaitText("#state", "connected");
            carryOut("ship with tokens");
            browser.awaitText("#orders", "Order 10 is on its way");
        }
        assertThat(done).as("the steps in the order of the document").containsSubsequence(steps.keySet());
    }

    /** Lets the shell say what the command starts, and starts that. */
    private void startGateway(String step) throws Exception {
        Map<String, String> environment = new HashMap<>();
        // as pom.xml says
        Map<String, String> variables = new HashMap<>(Map.of("holdfast.insecure", "true"));
        List<String> words = new ArrayList<>();
        carryOut(step).lines().forEach(line -> {
            String[] pair = line.split("=", 2);
            if (line.startsWith(VARIABLE)) {
                variables.put(pair[0].substring(VARIABLE.length()), pair[1]);
            } else if (line.startsWith("HOLDFAST_")) {
                environment.put(pair[0], pair[1]);
            } else {
                words.add(line);
            }
        });
        assertThat(words).as(step).containsExactly("liberty:run");
        assertThat(environment).containsEntry("HOLDFAST_ORIGINS", "http://localhost:" + shopPort);
        gateway.configure(variables).environment(environment).start();
    }

    /** The file of the document in this language. */
    private String file(String language) throws IOException {
        List<String> files = Documents.snippets(DOCUMENT, language);
        assertThat(files).as(language).hasSize(1);
        return withPorts(files.get(0));
    }

    private String withPorts(String text) {
        return text.replace("9080", String.valueOf(gateway.http().getPort())).replace("8000", String.valueOf(shopPort));
    }

    private void awaitShop() {
        Api shop = new Api(page, null);
        Awaitility.await("the shop")
                .atMost(LibertyServer.START)
                .ignoreExceptions()
                .until(() -> shop.get("/").status() == 200);
    }

    /** Runs the commands of a step to their end. @return what they print */
    private String carryOut(String step) throws Exception {
        return output(begin(step));
    }

    private Process begin(String step) throws IOException {
        done.add(step);
        assertThat(steps).containsKey(step);
        String java = "export PATH='" + System.getProperty("java.home") + "/bin':\"$PATH\"\n";
        ProcessBuilder builder = new ProcessBuilder("bash", "-euc", java + MAVEN + withPorts(steps.get(step)));
        builder.environment().put("HOME", home.toString());
        builder.environment().keySet().removeIf(name -> name.startsWith("HOLDFAST_"));
        Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        running.add(process);
        return process;
    }

    private static String output(Process process) throws Exception {
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(printed).isZero();
        return printed;
    }
}

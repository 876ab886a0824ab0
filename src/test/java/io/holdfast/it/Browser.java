package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/**
 * One page in headless Chromium, driven by the DevTools protocol ({@code https://chromedevtools.github.io/devtools-protocol}). It
 * is of a process and a profile of its own. One thread uses it.
 */
final class Browser implements AutoCloseable {
    private static final Path CHROMIUM =
            Path.of(Objects.requireNonNullElse(System.getenv("HOLDFAST_CHROMIUM"), "/usr/bin/chromium"));
    private static final long PATIENCE_SECONDS = 60;

    private final Path profile;
    private final Process process;
    private final AtomicInteger lastId = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> replies = new ConcurrentHashMap<>();
    private final List<String> errors = new CopyOnWriteArrayList<>();
    private final WebSocket devTools;

    private Browser() throws IOException {
        profile = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "browser");
        List<String> command = new ArrayList<>(List.of(CHROMIUM.toString(), "--headless", "--no-sandbox"));
        command.addAll(List.of("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"));
        command.addAll(List.of(
                "--window-size=900,900", "--remote-debugging-port=0", "--user-data-dir=" + profile, "about:blank"));
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(profile.resolve("log").toFile())
                .start();
        try {
            devTools = HttpClient.newHttpClient()
                    .newWebSocketBuilder()
                    .buildAsync(debugger(), new Listener())
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (Exception e) {
            end();
            throw new AssertionError("no DevTools", e);
        }
    }

    /** Shows a page. The test is skipped where there is no Chromium. */
    static Browser open(URI page) {
        Machine.needs(
                Files.isExecutable(CHROMIUM), CHROMIUM + " is missing: install chromium, or set HOLDFAST_CHROMIUM");
        try {
            Browser browser = new Browser();
            browser.call("Runtime.enable", Map.of());
            browser.call("Log.enable", Map.of());
            browser.call("Page.navigate", Map.of("url", page.toString()));
            String there = "location.href !== 'about:blank' && document.readyState === 'complete'";
            await(page.getPath(), () -> browser.evaluate(there).asBoolean());
            return browser;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The endpoint of its page. */
    private URI debugger() {
        Path file = profile.resolve("DevToolsActivePort");
        await("its port", () -> Files.exists(file) && !Files.readString(file).isBlank());
        try {
            String port = Files.readAllLines(file).get(0);
            for (JsonNode target : new Api(URI.create("http://127.0.0.1:" + port), null)
                    .get("/json/list")
                    .json()) {
                if (target.path("type").asText().equals("page")) {
                    return URI.create(target.path("webSocketDebuggerUrl").asText());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new AssertionError("Chromium has no page");
    }

    private static void await(String what, Callable<Boolean> condition) {
        Awaitility.await(what).atMost(Duration.ofSeconds(PATIENCE_SECONDS)).until(condition);
    }

    private JsonNode call(String method, Map<String, ?> parameters) {
        int id = lastId.incrementAndGet();
        ObjectNode command = Json.object("{'id': %d, 'method': '%s'}", id, method);
        command.putPOJO("params", parameters);
        CompletableFuture<JsonNode> reply = new CompletableFuture<>();
        replies.put(id, reply);
        devTools.sendText(command.toString(), true).join();
        JsonNode answer = reply.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
        if (answer.has("error") || answer.path("result").has("exceptionDetails")) {
            throw new AssertionError(method + " " + parameters + " → " + answer);
        }
        return answer.path("result");
    }

    /** The value of an expression of JavaScript. */
    JsonNode evaluate(String expression) {
        return call("Runtime.evaluate", Map.of("expression", expression, "returnByValue", true))
                .path("result")
                .path("value");
    }

    /** Waits until the element that a selector finds has this text. */
    void awaitText(String selector, String text) {
        awaitText(selector, text::equals, text);
    }

    /** @param wanted what it must be, in words that {@code what} has */
    void awaitText(String selector, Predicate<String> wanted, String what) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
                .untilAsserted(() -> assertThat(text(selector)).as(selector).matches(wanted, what));
    }

    /** The text of the first element that a selector finds; empty if there is none. */
    private String text(String selector) {
        return evaluate("document.querySelector(" + quoted(selector) + ")?.textContent")
                .asText();
    }

    /** Types a text into a field, in place of the one that it has. */
    void type(String selector, String text) {
        evaluate("document.querySelector(" + quoted(selector) + ").select()");
        evaluate("document.execCommand('delete')");
        call("Input.insertText", Map.of("text", text));
    }

    void click(String selector) {
        evaluate("document.querySelector(" + quoted(selector) + ").click()");
    }

    private static String quoted(String text) {
        return '"' + text.replace("\"", "\\\"") + '"';
    }

    /** What went wrong in the page: exceptions, and errors in its console. */
    List<String> errors() {
        return errors;
    }

    void screenshot(Path png) {
        try {
            byte[] image = Base64.getDecoder()
                    .decode(call("Page.captureScreenshot", Map.of("format", "png"))
                            .path("data")
                            .asText());
            Files.write(png, image);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        devTools.abort();
        end();
    }

    private void end() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private final class Listener implements WebSocket.Listener {
        private final StringBuilder message = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
            message.append(part);
            if (last) {
                heard(Json.read(message.toString()));
                message.setLength(0);
            }
            socket.request(1);
            return null;
        }

        private void heard(JsonNode heard) {
            String method = heard.path("method").asText();
            if (heard.has("id")) {
                replies.remove(heard.path("id").asInt()).complete(heard);
            } else if (method.equals("Runtime.exceptionThrown")
                    || (method.equals("Log.entryAdded")
                            && heard.at("/params/entry/level").asText().equals("error"))) {
                errors.add(heard.toString());
            }
        }
    }
}

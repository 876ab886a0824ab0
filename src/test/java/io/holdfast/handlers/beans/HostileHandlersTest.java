package io.holdfast.handlers.beans;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.handlers.Caller;
import io.holdfast.handlers.ClientCall;
import io.holdfast.handlers.HandlerException;
import io.holdfast.handlers.Handlers;
import io.holdfast.handlers.Link;
import io.holdfast.handlers.OnRpc;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.se.SeContainer;
import jakarta.enterprise.inject.se.SeContainerInitializer;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Beans that do what they should not, and payloads that no bean can take: every call ends, and with the right error. */
@Timeout(60)
class HostileHandlersTest {
    private SeContainer container;
    private Handlers handlers;

    public record Positive(int number) {
        public Positive {
            if (number <= 0) {
                throw new IllegalArgumentException("must be positive");
            }
        }
    }

    /** JSON-B cannot write it. */
    public static class Unwritable {
        public String getName() {
            throw new IllegalStateException("hostile");
        }
    }

    /** Of a type that only a subclass knows. */
    public abstract static class Generic<T> {
        @OnRpc("inherited")
        public String inherited(T payload) {
            return "\"" + payload + "\"";
        }

        public abstract String overridden(T payload);
    }

    @ApplicationScoped
    public static class Hostile extends Generic<List<Integer>> {
        private static final byte[] NO_UTF_8 = {'"', (byte) 0xc3, '"'};

        @Override
        @OnRpc("overridden")
        public String overridden(List<Integer> payload) {
            return "\"" + payload + "\"";
        }

        @OnRpc("error")
        public void error() {
            throw new AssertionError("hostile");
        }

        @OnRpc("stage-error")
        public CompletionStage<String> stageError(String how) {
            return switch (how) {
                case "\"now\"" -> CompletableFuture.failedFuture(new AssertionError("hostile"));
                case "\"later\"" ->
                    CompletableFuture.supplyAsync(() -> {
                        throw new NoClassDefFoundError("hostile");
                    });
                case "\"bare\"" -> CompletableFuture.failedFuture(new CompletionException("hostile", null));
                default -> throw new StackOverflowError("hostile");
            };
        }

        @OnRpc("unwritable")
        public Unwritable unwritable() {
            return new Unwritable();
        }

        @OnRpc("stage-unwritable")
        public CompletionStage<Unwritable> stageUnwritable() {
            return CompletableFuture.completedFuture(new Unwritable());
        }

        @OnRpc("bytes")
        public byte[] bytes() {
            return NO_UTF_8.clone();
        }

        @OnRpc("overload-text")
        public String overloaded(String text) {
            return "\"text\"";
        }

        @OnRpc("overload-number")
        public String overloaded(int number) {
            return "\"number\"";
        }

        @OnRpc("int")
        public int number(int payload) {
            return payload;
        }

        @OnRpc("long")
        public long number(long payload) {
            return payload;
        }

        @OnRpc("boolean")
        public boolean truth(boolean payload) {
            return payload;
        }

        @OnRpc("char")
        public char character(char payload) {
            return payload;
        }

        @OnRpc("enum")
        public DayOfWeek day(DayOfWeek payload) {
            return payload;
        }

        @OnRpc("uuid")
        public UUID uuid(UUID payload) {
            return payload;
        }

        @OnRpc("date")
        public LocalDate date(LocalDate payload) {
            return payload;
        }

        @OnRpc("record")
        public Positive positive(Positive payload) {
            return payload;
        }

        @OnRpc("array")
        public int[] array(int[] payload) {
            return payload;
        }

        @OnRpc("optional")
        public boolean optional(Optional<String> payload) {
            return payload.isPresent();
        }

        @OnRpc("days")
        public int days(Map<DayOfWeek, List<Positive>> payload) {
            return payload.size();
        }
    }

    @BeforeEach
    void deploy() {
        container = SeContainerInitializer.newInstance()
                .disableDiscovery()
                .addExtensions(HandlerExtension.class)
                .addBeanClasses(Hostile.class)
                .initialize();
        handlers =
                container.getBeanManager().getExtension(HandlerExtension.class).handlers(Set.of("")::contains, null);
    }

    @AfterEach
    void close() {
        if (container != null) {
            container.close();
        }
    }

    private String rpc(String method, String data) throws Exception {
        Caller caller = new Caller("u1", false, null, "c1", Map.of(), Set.of(), "", Map.of());
        byte[] payload = data == null ? null : data.getBytes(UTF_8);
        ClientCall call = new ClientCall(caller, new Link("websocket", "json"), method, payload, null);
        return new String(
                handlers.rpc(method).answer(call).toCompletableFuture().get(10, TimeUnit.SECONDS), UTF_8);
    }

    @Test
    void an_error_is_the_failure_of_its_call() {
        assertThatThrownBy(() -> rpc("error", "1")).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> rpc("stage-error", "1")).isInstanceOf(StackOverflowError.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"now", "later", "bare"})
    void an_error_of_a_stage_ends_the_call_at_once(String how) {
        assertThatThrownBy(() -> rpc("stage-error", "\"" + how + "\""))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .hasMessage("hostile");
    }

    @Test
    void what_cannot_be_written_is_a_failure() {
        assertThatThrownBy(() -> rpc("unwritable", "1")).isInstanceOf(RuntimeException.class);
        assertThatThrownBy(() -> rpc("stage-unwritable", "1")).isInstanceOf(ExecutionException.class);
        assertThatThrownBy(() -> rpc("bytes", "1")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void inherited_generic_and_overloaded_methods_are_bound_as_declared() throws Exception {
        assertThat(rpc("inherited", "[1,2]")).isEqualTo("\"[1, 2]\"");
        assertThat(rpc("overridden", "[3]")).isEqualTo("\"[3]\"");
        assertThat(rpc("overload-text", "1")).isEqualTo("\"text\"");
        assertThat(rpc("overload-number", "1")).isEqualTo("\"number\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "int; \"x\"",
                "int; {}",
                "int; null",
                "int;",
                "long; null",
                "boolean; null",
                "char; \"\"",
                "char; null",
                "enum; \"SOMEDAY\"",
                "enum; 5",
                "uuid; \"x\"",
                "date; \"2026-02-30\"",
                "date; []",
                "record; {\"number\":-1}",
                "record; {\"number\":null}",
                "record; 5",
                "array; [1,null]",
                "array; {}",
                "days; {\"SOMEDAY\":[]}",
                "days; {\"MONDAY\":[{\"number\":0}]}",
                "inherited; {\"a\":1}"
            })
    void a_payload_that_does_not_fit_is_the_mistake_of_the_client(String method, String data) {
        assertThatThrownBy(() -> rpc(method, data))
                .isInstanceOfSatisfying(
                        HandlerException.class, e -> assertThat(e.code()).isEqualTo(107));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "int; 5",
                "boolean; true",
                "char; \"ä\"",
                "enum; \"MONDAY\"",
                "uuid; \"00000000-0000-0001-0000-000000000002\"",
                "date; \"2026-02-28\"",
                "record; {\"number\":1}",
                "array; [1,2]",
            })
    void a_payload_that_fits_comes_back(String method, String data) throws Exception {
        assertThat(rpc(method, data)).isEqualTo(data);
    }

    @Test
    void no_payload_is_null_for_what_can_be_null() throws Exception {
        assertThat(rpc("optional", null)).isEqualTo("false");
        assertThat(rpc("optional", "\"x\"")).isEqualTo("true");
        assertThat(rpc("date", null)).isEqualTo("null");
    }
}

package io.holdfast.handlers.beans;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.handlers.Caller;
import io.holdfast.handlers.ChannelName;
import io.holdfast.handlers.ClientCall;
import io.holdfast.handlers.ConnectDecision;
import io.holdfast.handlers.Handler;
import io.holdfast.handlers.HandlerException;
import io.holdfast.handlers.Handlers;
import io.holdfast.handlers.Link;
import io.holdfast.handlers.OnConnect;
import io.holdfast.handlers.OnPublish;
import io.holdfast.handlers.OnRefresh;
import io.holdfast.handlers.OnRpc;
import io.holdfast.handlers.OnSend;
import io.holdfast.handlers.OnSubRefresh;
import io.holdfast.handlers.OnSubscribe;
import io.holdfast.handlers.PublishDecision;
import io.holdfast.handlers.RefreshDecision;
import io.holdfast.handlers.SubscribeDecision;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Priority;
import jakarta.annotation.security.DenyAll;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.context.RequestScoped;
import jakarta.enterprise.context.SessionScoped;
import jakarta.enterprise.inject.se.SeContainer;
import jakarta.enterprise.inject.se.SeContainerInitializer;
import jakarta.inject.Inject;
import jakarta.interceptor.AroundInvoke;
import jakarta.interceptor.Interceptor;
import jakarta.interceptor.InterceptorBinding;
import jakarta.interceptor.InvocationContext;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.InputStream;
import java.io.Serializable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Beans of an application in a real CDI container. */
class BeanHandlersTest {
    private static final List<String> LOG = new CopyOnWriteArrayList<>();

    private SeContainer container;

    @BeforeEach
    void clear() {
        LOG.clear();
    }

    @AfterEach
    void close() {
        if (container != null) {
            container.close();
        }
    }

    private Handlers deploy(Class<?>... beans) {
        container = SeContainerInitializer.newInstance()
                .disableDiscovery()
                .addExtensions(HandlerExtension.class)
                .addBeanClasses(beans)
                .initialize();
        return container
                .getBeanManager()
                .getExtension(HandlerExtension.class)
                .handlers(Set.of("", "chat")::contains, null);
    }

    private static ClientCall call(String target, String data, String... roles) {
        return call(new Caller("u1", false, null, "c1", Map.of(), Set.of(roles), "", Map.of()), target, data);
    }

    private static ClientCall call(Caller caller, String target, String data) {
        return new ClientCall(
                caller, new Link("websocket", "json"), target, data == null ? null : data.getBytes(UTF_8), null);
    }

    private static String rpc(Handlers handlers, String method, String data, String... roles) throws Exception {
        return new String(
                handlers.rpc(method)
                        .answer(call(method, data, roles))
                        .toCompletableFuture()
                        .get(),
                UTF_8);
    }

    private static void assertCode(int code, String text, ThrowingCall wrong) {
        assertThatThrownBy(wrong::run).isInstanceOfSatisfying(HandlerException.class, e -> {
            assertThat(e.code()).isEqualTo(code);
            assertThat(e.text()).isEqualTo(text);
        });
    }

    private interface ThrowingCall {
        void run() throws Exception;
    }

    public record Line(String article, int count, BigDecimal price) {}

    public record Order(String name, List<Line> lines) {}

    /** Takes and returns everything that can be bound. */
    @ApplicationScoped
    public static class Echo {
        @OnRpc("order")
        public Line order(Order order, Caller caller) {
            Line first = order.lines().get(0);
            return new Line(caller.client() + " " + first.article(), first.count() + 1, first.price());
        }

        @OnRpc("lines")
        public int lines(List<Line> lines) {
            return lines.stream().mapToInt(Line::count).sum();
        }

        @OnRpc("text")
        public String text(String json) {
            return "[" + json + "]";
        }

        @OnRpc("bytes")
        public byte[] bytes(byte[] json) {
            return json;
        }

        @OnRpc("tree")
        public JsonValue tree(JsonObject tree) {
            return Json.createArrayBuilder().add(tree.get("a")).build();
        }

        @OnRpc("nothing")
        public void nothing() {
            LOG.add("nothing");
        }

        @OnRpc("null")
        public Order none(Order order) {
            return order;
        }

        @OnRpc("stage")
        public CompletionStage<Line> stage(int count) {
            return CompletableFuture.supplyAsync(() -> new Line("later", count, BigDecimal.ONE));
        }

        @OnRpc("garbage")
        public String garbage() {
            return "no json";
        }

        @OnRpc("fails")
        public CompletionStage<Line> fails() {
            return CompletableFuture.failedFuture(new HandlerException(450, "later", true));
        }
    }

    @Test
    void payloads_and_results_are_bound() throws Exception {
        Handlers handlers = deploy(Echo.class);
        assertThat(rpc(
                        handlers,
                        "order",
                        "{\"name\":\"x\",\"lines\":[{\"article\":\"a\",\"count\":2,\"price\":1.50}],\"more\":1}"))
                .isEqualTo("{\"article\":\"u1 a\",\"count\":3,\"price\":1.50}");
        assertThat(rpc(handlers, "lines", "[{\"count\":2},{\"count\":5}]")).isEqualTo("7");
        assertThat(rpc(handlers, "text", "{\"n\":1.50}")).isEqualTo("[{\"n\":1.50}]");
        assertThat(rpc(handlers, "bytes", "\"x\"")).isEqualTo("\"x\"");
        assertThat(rpc(handlers, "tree", "{\"a\":1.50}")).isEqualTo("[1.50]");
        assertThat(rpc(handlers, "nothing", "5")).isEqualTo("null");
        assertThat(LOG).containsExactly("nothing");
        assertThat(rpc(handlers, "null", "null")).isEqualTo("null");
        assertThat(rpc(handlers, "stage", "7")).isEqualTo("{\"article\":\"later\",\"count\":7,\"price\":1}");
        assertThat(handlers.rpc("other")).isNull();
        assertThat(handlers.connect()).isNull();
        assertThat(handlers.isEmpty()).isFalse();
        assertThatThrownBy(() -> rpc(handlers, "garbage", "1")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> rpc(handlers, "fails", "1"))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(HandlerException.class)
                .hasMessage("later");
    }

    @Test
    void a_payload_that_does_not_fit_is_a_bad_request() {
        Handlers handlers = deploy(Echo.class);
        for (String bad : List.of("[1]", "\"x\"", "{\"lines\":5}", "{\"lines\":[{\"count\":\"many\"}]}")) {
            assertCode(107, "bad request: data", () -> rpc(handlers, "order", bad));
        }
        assertCode(107, "bad request: data", () -> rpc(handlers, "tree", "[1]"));
        assertCode(107, "bad request: data", () -> rpc(handlers, "stage", "null"));
    }

    @Test
    void without_handlers_there_are_none() {
        assertThat(deploy(Logged.class, LogInterceptor.class).isEmpty()).isTrue();
    }

    /** Decides everything. */
    @ApplicationScoped
    public static class Decider {
        @OnConnect
        public ConnectDecision connect(Caller caller, JsonValue data) {
            return ConnectDecision.accept()
                    .withData(new Line("x", 1, BigDecimal.TEN))
                    .withInfo("{ \"a\":\n1}");
        }

        @OnSubscribe("chat")
        public CompletionStage<SubscribeDecision> subscribe(ChannelName channel, Map<String, String> data) {
            return CompletableFuture.completedFuture(SubscribeDecision.accept().withData(data));
        }

        @OnPublish("")
        public PublishDecision publish(ChannelName channel, Caller caller, String text) {
            return PublishDecision.accept().withData("\"" + channel + "\"");
        }

        @OnRefresh
        public void refresh(Caller caller) {
            LOG.add("refresh");
        }

        @OnSubRefresh("chat")
        public RefreshDecision refresh(ChannelName channel, Caller caller) {
            return channel.value().equals("chat:1") ? RefreshDecision.end() : null;
        }

        @OnSend
        public void send(int number) {
            LOG.add("send " + number);
        }
    }

    private static <A> A decided(Handler<A> handler, ClientCall call) throws Exception {
        return handler.answer(call).toCompletableFuture().get();
    }

    @Test
    void decisions_come_with_json_and_nothing_is_acceptance() throws Exception {
        Handlers handlers = deploy(Decider.class);
        ConnectDecision connect = decided(handlers.connect(), call("", null));
        assertThat((byte[]) connect.data()).asString(UTF_8).isEqualTo("{\"article\":\"x\",\"count\":1,\"price\":10}");
        assertThat((byte[]) connect.info()).asString(UTF_8).isEqualTo("{\"a\":1}");
        assertThat((byte[]) decided(handlers.subscribe("chat"), call("chat:1", "{\"a\":\"b\"}"))
                        .data())
                .asString(UTF_8)
                .isEqualTo("{\"a\":\"b\"}");
        assertThat((byte[]) decided(handlers.publish(""), call("news", "1")).data())
                .asString(UTF_8)
                .isEqualTo("\"news\"");
        assertThat(decided(handlers.refresh(), call("", null)).expired()).isFalse();
        assertThat(decided(handlers.subRefresh("chat"), call("chat:1", null)).expired())
                .isTrue();
        assertThat(decided(handlers.subRefresh("chat"), call("chat:2", null)).expired())
                .isFalse();
        assertThat(handlers.subRefresh("")).isNull();
        decided(handlers.send(), call("", "5"));
        assertThat(LOG).containsExactly("refresh", "send 5");
        assertThat(handlers.subscribe("")).isNull();
        assertThat(handlers.publish("chat")).isNull();
    }

    @InterceptorBinding
    @Retention(RetentionPolicy.RUNTIME)
    @interface Logged {}

    @Logged
    @Interceptor
    @Priority(1)
    public static class LogInterceptor {
        @AroundInvoke
        public Object around(InvocationContext context) throws Exception {
            LOG.add("before " + context.getMethod().getName());
            return context.proceed();
        }
    }

    @RequestScoped
    public static class PerCall {
        private final AtomicInteger count = new AtomicInteger();

        public int next() {
            return count.incrementAndGet();
        }
    }

    @Dependent
    static class Scopes {
        @Inject
        PerCall perCall;

        @Logged
        @OnRpc("scopes")
        public int scopes() {
            perCall.next();
            return perCall.next();
        }

        @PreDestroy
        void destroyed() {
            LOG.add("destroyed");
        }
    }

    @Test
    void it_is_a_call_of_the_bean_with_interceptors_and_a_request_context_of_its_own() throws Exception {
        Handlers handlers = deploy(Scopes.class, PerCall.class, LogInterceptor.class);
        for (int i = 0; i < 2; i++) {
            assertThat(rpc(handlers, "scopes", "1")).isEqualTo("2");
        }
        assertThat(LOG).containsExactly("before scopes", "destroyed", "before scopes", "destroyed");
    }

    @RolesAllowed("boss")
    public static class Base {
        @OnRpc("base")
        public void base() {}
    }

    @ApplicationScoped
    @RolesAllowed({"clerk", "boss"})
    public static class Guarded extends Base {
        @OnRpc("class")
        public void ofClass() {}

        @RolesAllowed("boss")
        @OnRpc("method")
        public void ofMethod() {}

        @PermitAll
        @OnRpc("all")
        public void all() {}

        @DenyAll
        @OnRpc("none")
        public void none() {
            LOG.add("none");
        }

        @RolesAllowed("**")
        @OnRpc("known")
        public void known() {}
    }

    @Test
    void roles_of_method_and_class_are_checked_before_the_call() throws Exception {
        Handlers handlers = deploy(Guarded.class);
        assertThat(handlers.roles()).containsExactlyInAnyOrder("clerk", "boss", "**");
        assertThat(rpc(handlers, "class", "1", "clerk")).isEqualTo("null");
        assertThat(rpc(handlers, "method", "1", "boss")).isEqualTo("null");
        assertThat(rpc(handlers, "all", "1")).isEqualTo("null");
        assertThat(rpc(handlers, "known", "1")).isEqualTo("null");
        for (String method : List.of("class", "method", "none", "base")) {
            assertCode(103, "permission denied", () -> rpc(handlers, method, "1", "guest"));
        }
        assertCode(103, "permission denied", () -> rpc(handlers, "none", "1", "boss", "clerk"));
        assertCode(103, "permission denied", () -> rpc(handlers, "base", "1", "clerk"));
        assertCode(103, "permission denied", () -> rpc(handlers, "method", "{garbage", "clerk"));
        assertThat(LOG).isEmpty();
    }

    @Test
    void a_guest_is_nobody_with_a_name() throws Exception {
        Handlers handlers = deploy(Guarded.class);
        Caller guest = new Caller("guest-1", true, null, "c1", Map.of(), Set.of(), "", Map.of());
        assertThat(handlers.rpc("all").answer(call(guest, "all", "1"))).succeedsWithin(Duration.ofSeconds(10));
        assertCode(
                103,
                "permission denied",
                () -> handlers.rpc("known")
                        .answer(call(guest, "known", "1"))
                        .toCompletableFuture()
                        .get());
    }

    @ApplicationScoped
    public static class Twice {
        @OnRpc("one")
        public void one() {}

        @OnRpc("one")
        public void two() {}
    }

    @SessionScoped
    public static class InSession implements Serializable {
        private static final long serialVersionUID = 1L;

        @OnRpc("x")
        public void inSession() {}
    }

    @ApplicationScoped
    public static class NotPublic {
        @OnRpc("x")
        void notPublic() {}
    }

    @ApplicationScoped
    public static class TwoPayloads {
        @OnRpc("x")
        public void twoPayloads(String one, int two) {}
    }

    @ApplicationScoped
    public static class Unbindable {
        @OnRpc("x")
        public void unbindable(Map<String, InputStream> stream) {}
    }

    @ApplicationScoped
    public static class AbstractPayload {
        @OnRpc("x")
        public void abstractPayload(Runnable payload) {}
    }

    @ApplicationScoped
    public static class Generic {
        @OnRpc("x")
        public <T> void generic(T payload) {}
    }

    @ApplicationScoped
    public static class Taken {
        @OnRpc("ack")
        public void taken() {}
    }

    @ApplicationScoped
    public static class WrongDecision {
        @OnSubscribe("chat")
        public PublishDecision wrongDecision() {
            return null;
        }
    }

    @ApplicationScoped
    public static class PayloadOfRefresh {
        @OnSubRefresh("chat")
        public void payloadOfRefresh(ChannelName channel, String data) {}
    }

    @ApplicationScoped
    public static class NoChannel {
        @OnRpc("x")
        public void noChannel(ChannelName channel) {}
    }

    @ApplicationScoped
    public static class ReturnsFuture {
        @OnRpc("x")
        public Future<String> returnsFuture() {
            return null;
        }
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                Twice.class,
                InSession.class,
                NotPublic.class,
                TwoPayloads.class,
                Unbindable.class,
                AbstractPayload.class,
                Generic.class,
                Taken.class,
                WrongDecision.class,
                PayloadOfRefresh.class,
                NoChannel.class,
                ReturnsFuture.class
            })
    void a_mistake_stops_the_deployment_with_class_and_method(Class<?> bean) {
        String method = bean == Twice.class
                ? "two()"
                : Character.toLowerCase(bean.getSimpleName().charAt(0))
                        + bean.getSimpleName().substring(1) + "()";
        assertThatThrownBy(() -> deploy(bean)).hasStackTraceContaining(bean.getName() + "." + method);
    }

    @ApplicationScoped
    public static class Bytes {
        @OnPublish("chat")
        public void bytes(byte[] payload) {
            LOG.add(new String(payload, UTF_8));
        }

        @OnPublish("")
        public void text(String payload) {
            LOG.add(payload);
        }
    }

    @Test
    void a_payload_that_is_not_json_fits_a_method_that_takes_bytes() throws Exception {
        Handlers handlers = deploy(Bytes.class);
        ClientCall json = call("news", "1");
        ClientCall opaque = new ClientCall(json.caller(), json.link(), "chat:1", null, "boom".getBytes(UTF_8), null);
        decided(handlers.publish("chat"), opaque);
        decided(handlers.publish("chat"), call("chat:1", "{}"));
        decided(handlers.publish(""), json);
        assertThat(LOG).containsExactly("boom", "{}", "1");
        assertCode(107, "bad request: data", () -> decided(handlers.publish(""), opaque));
    }

    @ApplicationScoped
    public static class Elsewhere {
        @OnPublish("nowhere")
        public void elsewhere() {}
    }

    @Test
    void a_namespace_that_does_not_exist_is_named() {
        assertThatThrownBy(() -> deploy(Elsewhere.class))
                .hasMessageContaining(Elsewhere.class.getName() + ".elsewhere()")
                .hasMessageContaining("\"nowhere\"")
                .hasMessageContaining("holdfast.namespaces");
    }
}

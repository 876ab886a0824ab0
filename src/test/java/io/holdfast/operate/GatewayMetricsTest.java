package io.holdfast.operate;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.delivery.GatewayStarted;
import io.holdfast.delivery.watch.Latency;
import io.holdfast.stream.StoreSpace;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.servlet.ServletContext;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.metrics.Counter;
import org.eclipse.microprofile.metrics.Gauge;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.Tag;
import org.eclipse.microprofile.metrics.Timer;
import org.junit.jupiter.api.Test;

class GatewayMetricsTest {
    private final Map<String, Long> counters = new HashMap<>();
    private final Map<String, Gauge<?>> gauges = new HashMap<>();
    private final Map<String, List<Duration>> timers = new HashMap<>();
    private final List<String> scheduled = new ArrayList<>();
    private final Seen seen = new Seen();
    private final ContextRoot root = new ContextRoot();
    private long nanos;

    private GatewayMetrics metrics(boolean enabled) {
        HealthSettings usual = HealthSettings.defaults();
        HealthSettings settings = new HealthSettings(
                usual.port(),
                usual.commitLimit(),
                usual.executorLimit(),
                usual.engineGrace(),
                usual.zone(),
                usual.origins(),
                enabled);
        return new GatewayMetrics(
                proxy(MetricRegistry.class, this::registered),
                new GatewaySnapshots(seen::observed, () -> nanos),
                settings,
                root,
                Seen.BUILD,
                proxy(ManagedScheduledExecutorService.class, (method, arguments) -> {
                    scheduled.add(method.getName());
                    return null;
                }),
                (all, application, observed) -> null);
    }

    private interface Call {
        Object answer(Method method, Object[] arguments);
    }

    private static <T> T proxy(Class<T> type, Call call) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> call.answer(method, arguments)));
    }

    @SuppressWarnings("unchecked")
    private Object registered(Method method, Object[] arguments) {
        Tag[] tags = (Tag[]) arguments[arguments.length - 1];
        String plain = ((Metadata) arguments[0]).getName();
        assertThat(tags[0].getTagName()).isEqualTo("application");
        String owned = tags[0].getTagValue().equals("/") ? plain : tags[0].getTagValue() + ":" + plain;
        String name = Stream.of(tags)
                .skip(1)
                .sorted(Comparator.comparing(Tag::getTagName))
                .map(tag -> "@" + tag.getTagValue())
                .collect(Collectors.joining("", owned, ""));
        if (method.getName().equals("counter")) {
            counters.put(name, 0L);
            return proxy(Counter.class, (called, values) -> {
                if (called.getName().equals("inc")) {
                    counters.merge(name, (Long) values[0], Long::sum);
                }
                return counters.get(name);
            });
        }
        if (method.getName().equals("timer")) {
            timers.put(name, new ArrayList<>());
            return proxy(Timer.class, (called, values) -> timers.get(name).add((Duration) values[0]));
        }
        Function<Object, Number> value = (Function<Object, Number>) arguments[2];
        Gauge<Number> gauge = () -> value.apply(arguments[1]);
        gauges.put(name, gauge);
        return gauge;
    }

    @Test
    void switched_off_it_registers_nothing_and_runs_nothing() {
        metrics(false).register(new GatewayStarted());
        assertThat(counters).isEmpty();
        assertThat(gauges).isEmpty();
        assertThat(scheduled).isEmpty();
    }

    @Test
    void counters_follow_what_was_counted_and_gauges_read_it() {
        GatewayMetrics metrics = metrics(true);
        metrics.register(new GatewayStarted());
        assertThat(counters.size() + gauges.size())
                .isEqualTo(Catalogue.metrics(Seen.BUILD).size());
        metrics.update();
        assertThat(counters)
                .containsEntry("holdfast_messages_sent", 21L)
                .containsEntry("holdfast_connections", 11L)
                .containsEntry("holdfast_send_latency_milliseconds_bucket@500", 50L)
                .containsEntry("holdfast_send_latency_milliseconds_bucket@+Inf", 4L)
                .containsEntry("holdfast_limit_hits@client", 92L);
        seen.sent = 30;
        metrics.update();
        assertThat(counters).as("observed a moment ago").containsEntry("holdfast_messages_sent", 21L);
        nanos += 1_000_000_000L;
        metrics.update();
        metrics.update();
        assertThat(counters).containsEntry("holdfast_messages_sent", 30L);

        assertThat(gauges.get("holdfast_build_info@rocksdb@17.0.9@1.2.3").getValue())
                .isEqualTo(1.0);
        assertThat(gauges.get("holdfast_store_free_bytes").getValue()).isEqualTo(253.0);
        assertThat(gauges.get("holdfast_commit_duration_seconds").getValue()).isEqualTo(0.003);
        assertThat(gauges.get("holdfast_heap_live_ratio").getValue()).isEqualTo(0.44);
        assertThat(gauges.get("holdfast_queue_maximum_size").getValue()).isEqualTo(42.0);
        assertThat(gauges.get("holdfast_send_latency_milliseconds@0.999").getValue())
                .isEqualTo(73.0);
        assertThat(gauges.get("holdfast_confirm_latency_average_milliseconds").getValue())
                .isEqualTo(1.5);
        assertThat(gauges.get("holdfast_retry_success_rate").getValue()).isEqualTo(0.75);
        assertThat(gauges.get("holdfast_store_generation_begun_seconds").getValue())
                .isEqualTo(1_790_000_000.0);
    }

    @Test
    void latencies_become_a_histogram_of_the_runtime_each_of_them_once() {
        Latency sending = new Latency();
        sending.record(3);
        sending.record(5);
        seen.sendLatency = sending.snapshot();
        GatewayMetrics metrics = metrics(true);
        metrics.register(new GatewayStarted());
        metrics.update();
        metrics.update();
        assertThat(timers)
                .containsOnlyKeys("holdfast_send_latency", "holdfast_confirm_latency", "holdfast_handlers_duration");
        assertThat(timers.get("holdfast_send_latency")).containsExactly(Duration.ofMillis(4), Duration.ofMillis(4));
    }

    @Test
    void the_free_space_of_a_database_server_is_not_known() {
        seen.space = new StoreSpace(1, 2, OptionalLong.empty());
        metrics(true).register(new GatewayStarted());
        assertThat(gauges.get("holdfast_store_free_bytes").getValue()).isEqualTo(Double.NaN);
    }

    /** The registry is the server's: with the same tags the second application would read and raise the first one's counters. */
    @Test
    void two_applications_on_one_server_count_apart() {
        GatewayMetrics host = metrics(true);
        root.learn(application(""));
        host.register(new GatewayStarted());
        host.update();
        GatewayMetrics shop = metrics(true);
        root.learn(application("/shop"));
        shop.register(new GatewayStarted());
        seen.sent = 4;
        nanos += 1_000_000_000L;
        shop.update();

        assertThat(counters)
                .containsEntry("holdfast_messages_sent", 21L)
                .containsEntry("/shop:holdfast_messages_sent", 4L);
    }

    private static ServletContext application(String path) {
        return proxy(ServletContext.class, (method, arguments) -> path);
    }
}

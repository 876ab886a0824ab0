package io.holdfast.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Random requests and results of every kind, with values at the edges of their ranges. */
final class AnyMessage {
    private final Random random;

    AnyMessage(Random random) {
        this.random = random;
    }

    Request request() {
        List<Supplier<Request>> kinds = List.of(
                () -> new ConnectRequest(optional(text()), optional(json()), map(() -> position()), text(), text()),
                () -> new SubscribeRequest(
                        text(),
                        optional(text()),
                        optional(json()),
                        bool(),
                        text(),
                        natural(),
                        bool(),
                        bool(),
                        bool(),
                        integer(),
                        text(),
                        integer()),
                () -> new UnsubscribeRequest(text()),
                () -> new PublishRequest(text(), json()),
                () -> new PresenceRequest(text()),
                () -> new PresenceStatsRequest(text()),
                () -> new HistoryRequest(
                        text(), integer(), optional(new HistoryRequest.Since(text(), natural())), bool()),
                PingRequest::new,
                () -> new SendRequest(json()),
                () -> new RpcRequest(text(), json()),
                () -> new RefreshRequest(text()),
                () -> new SubRefreshRequest(text(), text()));
        return kinds.get(random.nextInt(kinds.size())).get();
    }

    Result result() {
        List<Supplier<Result>> kinds = List.of(
                () -> new ConnectResult(
                        text(),
                        text(),
                        bool(),
                        id(),
                        map(() -> subscription()),
                        id(),
                        bool(),
                        text(),
                        text(),
                        optional(json())),
                this::subscription,
                UnsubscribeResult::new,
                PublishResult::new,
                () -> new RpcResult(json()),
                () -> new RefreshResult(text(), text(), bool(), id()),
                () -> new SubRefreshResult(bool(), id()),
                () -> new PresenceResult(map(() -> member())),
                () -> new PresenceStatsResult(id(), id()),
                () -> new HistoryResult(
                        text(),
                        natural(),
                        IntStream.range(0, random.nextInt(4))
                                .mapToObj(i -> publication())
                                .toList()),
                PingResult::new);
        return kinds.get(random.nextInt(kinds.size())).get();
    }

    SubscribeResult subscription() {
        return new SubscribeResult(
                bool(), id(), bool(), bool(), text(), natural(), bool(), bool(), optional(json()), bool());
    }

    ChannelMember member() {
        return new ChannelMember(text(), text(), optional(json()), optional(json()));
    }

    HistoryEntry publication() {
        long expires = bool() ? Long.MAX_VALUE : natural();
        return new HistoryEntry(natural(), json(), text(), expires, map(() -> text()), optional(member()));
    }

    private RecoveryRequest position() {
        return new RecoveryRequest(bool(), text(), natural());
    }

    /** Also of more than 127 bytes, whose length takes two. */
    String text() {
        String[] some = {"", "a", "#u42", "Grüße 😀", "\u0000", "\uFFFD", "orders:7"};
        String one = some[random.nextInt(some.length)];
        return random.nextInt(10) == 0 ? one.repeat(1 + random.nextInt(300)) : one;
    }

    byte[] json() {
        String[] some = {"null", "0", "\"\"", "{\"n\":1.50}", "[1, 2,{}]", "\"ü\uFFFD\""};
        String one = some[random.nextInt(some.length)];
        return (random.nextInt(10) == 0 ? "\"" + "x".repeat(random.nextInt(20_000)) + "\"" : one).getBytes(UTF_8);
    }

    boolean bool() {
        return random.nextBoolean();
    }

    /** From 0 to {@link Integer#MAX_VALUE}. */
    int id() {
        return random.nextInt(4) == 0 ? 0 : random.nextInt() >>> (1 + random.nextInt(31));
    }

    int integer() {
        return random.nextInt() >> random.nextInt(32);
    }

    /** From 0 to {@link Long#MAX_VALUE}. */
    long natural() {
        return random.nextInt(4) == 0 ? 0 : random.nextLong() >>> (1 + random.nextInt(63));
    }

    private <V> Map<String, V> map(Supplier<V> value) {
        Map<String, V> map = new HashMap<>();
        for (int left = random.nextInt(4); left > 0; left--) {
            map.put(text(), value.get());
        }
        return map;
    }

    private <T> @Nullable T optional(T value) {
        // An empty text or payload cannot be told from none.
        return random.nextInt(3) == 0 || value.equals("") ? null : value;
    }
}

package io.holdfast.cli;

import io.holdfast.client.Json;
import java.time.Duration;

/**
 * How a gateway is at one moment.
 *
 * @param context by whose name the gateway was chosen; empty for none
 * @param info of all nodes
 * @param metrics of the node that answered
 * @param store absent if it is not known
 * @param health the health report; absent if it is not known
 * @param nanos when it was taken, by {@code System.nanoTime}
 */
record Sample(String context, String url, Json info, Json metrics, Json store, Json health, long nanos) {

    /** Takes samples of one gateway. */
    static final class Source {
        /** The port for health is often closed to other machines. */
        private static final Duration HEALTH_WITHIN = Duration.ofSeconds(2);

        private final String context;
        private final String url;
        private final Api api;
        private final Api health;

        Source(Server server) {
            this.context = server.context().name();
            this.url = server.base().toString();
            this.api = server.api();
            this.health = server.health(HEALTH_WITHIN);
        }

        /** @throws Failure if the server does not tell its counters */
        Sample take() {
            Json info = Refusals.answer(api.post("/api/info", "{}")).at("result");
            Json metrics = Refusals.answer(api.get("/api/metrics"));
            long nanos = System.nanoTime();
            return new Sample(context, url, info, metrics, known(api, "/api/store"), report(), nanos);
        }

        private static Json known(Api api, String path) {
            try {
                return Refusals.answer(api.get(path));
            } catch (Failure e) {
                return Json.ABSENT;
            }
        }

        /** It is a report whatever its status. */
        private Json report() {
            try {
                Json report = Refusals.answer(health.ask(HealthCommand.PATH).body());
                return report.at("status").isText() ? report : Json.ABSENT;
            } catch (Failure e) {
                return Json.ABSENT;
            }
        }
    }

    String json() {
        return Json.object(status -> {
            if (!context.isEmpty()) {
                status.writeStringField("context", context);
            }
            status.writeStringField("url", url);
            status.writeFieldName("info");
            status.writeRawValue(info.toString());
            status.writeFieldName("metrics");
            status.writeRawValue(metrics.toString());
            status.writeFieldName("store");
            status.writeRawValue(store.toString());
            status.writeFieldName("health");
            status.writeRawValue(health.toString());
        });
    }

    long count(String... path) {
        return metrics.at(path).number();
    }
}

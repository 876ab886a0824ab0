package io.holdfast.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** With MicroProfile Telemetry in the server, the metrics go to an OTLP endpoint as well. */
@Tag("slow")
class TelemetryIT {

    @Test
    void the_metrics_are_exported() throws IOException {
        StringBuffer exported = new StringBuffer();
        HttpServer collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/v1/metrics", exchange -> {
            exported.append(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        collector.start();
        Path serverXml = Files.createDirectories(Path.of("target/telemetry-it")).resolve("server.xml");
        Files.writeString(
                serverXml,
                Files.readString(Path.of("server.xml"))
                        .replace("</featureManager>", "<feature>mpTelemetry-2.1</feature></featureManager>"));
        Map<String, String> variables = Map.of(
                "holdfast.insecure", "true",
                "otel.sdk.disabled", "false",
                "otel.service.name", "holdfast-it",
                "otel.traces.exporter", "none",
                "otel.logs.exporter", "none",
                "otel.exporter.otlp.protocol", "http/protobuf",
                "otel.exporter.otlp.endpoint",
                        "http://localhost:" + collector.getAddress().getPort(),
                "otel.metric.export.interval", "1000");
        try (LibertyServer gateway = LibertyServer.prepare(
                                "telemetry", variables, serverXml, Path.of("target/holdfast.war"))
                        .start();
                RawClient client = gateway.client()) {
            String name = Names.fresh("telemetry");
            client.connectAs(name);
            gateway.api().sendNumbers(name, 1, 3);
            client.publications("#" + name, 3);
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(exported)
                            .contains("holdfast-it", "holdfast.messages.accepted", "holdfast.build.info")
                            .as("the histogram, beside the old names, which have more behind it")
                            .containsPattern("holdfast\\.send\\.latency[^.]"));
        } finally {
            collector.stop(0);
        }
    }
}

package io.holdfast.operate;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.delivery.BreakerState;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HealthReportTest {
    private static final Instant NOW = Instant.parse("2025-10-26T06:15:00.987Z");

    private final Seen seen = new Seen();

    private HealthReport report(String zone, Instant now) {
        HealthSettings usual = HealthSettings.defaults();
        HealthSettings settings = new HealthSettings(
                usual.port(),
                usual.commitLimit(),
                usual.executorLimit(),
                usual.engineGrace(),
                ZoneId.of(zone),
                usual.origins(),
                usual.metrics());
        return HealthReport.of(seen.observed(), settings, now);
    }

    /** From the status to the connections. */
    private String timestamps(String zone, String now) {
        String json = report(zone, Instant.parse(now)).json();
        return json.substring("{\"status\":\"healthy\",".length(), json.indexOf(",\"connections\""));
    }

    @Test
    void the_whole_report_is_this_json() {
        HealthReport report = HealthReport.of(seen.observed(), HealthSettings.defaults(), NOW);

        assertThat(report.status()).isEqualTo(Verdict.Status.HEALTHY);
        assertThat(report.json())
                .isEqualTo(("{'status':'healthy','timestamp_utc':'2025-10-26T06:15:00Z',"
                                + "'timestamp_melbourne':'2025-10-26T17:15:00+11:00',"
                                + "'connections':{'total_connections':5,'connected':4,'disconnected':1,'total_queued_messages':2},"
                                + "'metrics':{"
                                + "'connections':{'total':11,'active':12,'failed':13,'reconnections':14,'timeouts':15},"
                                + "'messages':{'sent':21,'queued':22,'failed':23,'expired':25,'deduplicated':26,"
                                + "'acknowledged':28,'dropped':29,'dead':30},"
                                + "'queue':{'current_size':41,'maximum_size':42,'overflows':43},"
                                + "'retry':{'attempts':51,'successes':3,'failures':1,'success_rate':0.75},"
                                + "'circuit_breaker':{'state':'closed','opens':61,'half_opens':62,'closes':63,"
                                + "'recipients':{'open':64,'half_open':65,'opens':66,'half_opens':67,'closes':68}}}}")
                        .replace('\'', '"'));
    }

    @Test
    void the_status_is_a_word() {
        seen.engine = BreakerState.HALF_OPEN;
        assertThat(report("UTC", NOW).json())
                .startsWith("{\"status\":\"degraded\",")
                .contains("\"state\":\"half_open\"");
        seen.draining = true;
        assertThat(report("UTC", NOW).json()).startsWith("{\"status\":\"unavailable\",");
    }

    @Test
    void it_has_a_part_for_transactions_where_they_are_configured() {
        seen.transactions = true;
        seen.aside = 4;
        seen.failingFor = Duration.ofSeconds(6);
        assertThat(report("UTC", NOW).json())
                .startsWith("{\"status\":\"degraded\",")
                .endsWith((",'transactions':{'forwarded':121,'repeated':122,'set_aside':4,'failures':125,"
                                + "'failing_seconds':6,'oldest_waiting_seconds':127}}")
                        .replace('\'', '"'));
    }

    @Test
    void devices_that_come_while_they_are_counted_make_no_negative_number() {
        seen.seenDevices = 3;
        seen.connected = 4;
        assertThat(report("UTC", NOW).json()).contains("\"total_connections\":4,\"connected\":4,\"disconnected\":0");
    }

    @ParameterizedTest
    @CsvSource({
        // summer begins in Melbourne at 2:00, and ends at 3:00
        "2025-10-04T15:59:59Z, 2025-10-05T01:59:59+10:00",
        "2025-10-04T16:00:00Z, 2025-10-05T03:00:00+11:00",
        "2026-04-04T15:59:59Z, 2026-04-05T02:59:59+11:00",
        "2026-04-04T16:00:00Z, 2026-04-05T02:00:00+10:00",
        "2026-07-01T00:00:00Z, 2026-07-01T10:00:00+10:00"
    })
    void melbourne_is_right_across_both_changes_of_daylight_saving(String utc, String melbourne) {
        assertThat(timestamps("Australia/Melbourne", utc))
                .isEqualTo("\"timestamp_utc\":\"" + utc + "\",\"timestamp_melbourne\":\"" + melbourne + "\"");
    }

    @Test
    void every_second_around_both_changes_is_different_and_in_order() {
        for (String change : List.of("2025-10-04T16:00:00Z", "2026-04-04T16:00:00Z")) {
            List<Instant> told = new ArrayList<>();
            for (int second = -7_200; second <= 7_200; second += 60) {
                Instant now = Instant.parse(change).plusSeconds(second);
                String text = timestamps("Australia/Melbourne", now.toString());
                String local = text.substring(text.lastIndexOf(":\"") + 2, text.length() - 1);
                told.add(java.time.OffsetDateTime.parse(local).toInstant());
                assertThat(told.get(told.size() - 1)).isEqualTo(now);
            }
            assertThat(told).isSorted().doesNotHaveDuplicates();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "Europe/London, 2026-01-10T12:00:00Z, timestamp_london, 2026-01-10T12:00:00+00:00",
        "Europe/London, 2026-03-29T01:00:00Z, timestamp_london, 2026-03-29T02:00:00+01:00",
        "America/Argentina/Buenos_Aires, 2026-01-10T12:00:00Z, timestamp_buenos_aires, 2026-01-10T09:00:00-03:00",
        "Asia/Kathmandu, 2026-01-10T12:00:00Z, timestamp_kathmandu, 2026-01-10T17:45:00+05:45"
    })
    void the_key_follows_the_zone(String zone, String utc, String key, String local) {
        assertThat(timestamps(zone, utc))
                .isEqualTo("\"timestamp_utc\":\"" + utc + "\",\"" + key + "\":\"" + local + "\"");
    }

    @ParameterizedTest
    @CsvSource({"UTC", "Etc/UTC"})
    void no_key_comes_twice(String zone) {
        assertThat(timestamps(zone, "2026-01-10T12:00:00Z")).isEqualTo("\"timestamp_utc\":\"2026-01-10T12:00:00Z\"");
    }
}

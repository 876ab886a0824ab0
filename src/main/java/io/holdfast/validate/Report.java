package io.holdfast.validate;

import io.holdfast.client.Json;
import java.util.List;
import java.util.Locale;

/** What a run has shown, as text, JSON or JUnit XML. */
public record Report(String url, long seed, List<Result> results) {

    public boolean holds() {
        return count(Outcome.Kind.FAILED) == 0;
    }

    private long count(Outcome.Kind kind) {
        return results.stream()
                .filter(result -> result.outcome().kind() == kind)
                .count();
    }

    /** One line for a result. */
    public static String line(Result result) {
        Outcome outcome = result.outcome();
        return String.format(
                Locale.ROOT,
                "%-7s %-10s %-34s %6d ms%s",
                outcome.kind(),
                result.scenario().group(),
                result.name(),
                result.millis(),
                outcome.detail().isEmpty() ? "" : "  " + outcome.detail());
    }

    /** The last lines: the sum, what was skipped and why, what failed, with its claim. */
    public String text() {
        StringBuilder text = new StringBuilder();
        text.append(count(Outcome.Kind.PASSED))
                .append(" held, ")
                .append(count(Outcome.Kind.FAILED))
                .append(" did not, ")
                .append(count(Outcome.Kind.SKIPPED))
                .append(" were skipped; ")
                .append(url)
                .append(", seed ")
                .append(seed)
                .append('\n');
        for (Result result : results) {
            if (result.outcome().kind() == Outcome.Kind.SKIPPED) {
                text.append("SKIPPED ")
                        .append(result.name())
                        .append(": ")
                        .append(result.outcome().detail())
                        .append('\n');
            }
        }
        for (Result result : results) {
            if (result.outcome().kind() == Outcome.Kind.FAILED) {
                text.append("FAILED ")
                        .append(result.name())
                        .append(": ")
                        .append(result.scenario().claim())
                        .append("\n    ")
                        .append(result.outcome().detail())
                        .append("\n    again: --seed ")
                        .append(seed)
                        .append(" --only ")
                        .append(result.scenario().name())
                        .append(" --format ")
                        .append(result.format().name().toLowerCase(Locale.ROOT))
                        .append('\n');
            }
        }
        return text.toString();
    }

    /** {@code {"url":…,"seed":…,"passed":…,"failed":…,"skipped":…,"scenarios":[…]}}. */
    public String json() {
        StringBuilder json = new StringBuilder("{\"url\":").append(Json.quoted(url));
        json.append(",\"seed\":").append(seed);
        for (Outcome.Kind kind : Outcome.Kind.values()) {
            json.append(",\"")
                    .append(kind.name().toLowerCase(Locale.ROOT))
                    .append("\":")
                    .append(count(kind));
        }
        json.append(",\"scenarios\":[");
        String separator = "\n";
        for (Result result : results) {
            json.append(separator).append(json(result));
            separator = ",\n";
        }
        return json.append("\n]}\n").toString();
    }

    private static String json(Result result) {
        return "{\"name\":" + Json.quoted(result.scenario().name()) + ",\"group\":"
                + Json.quoted(result.scenario().group()) + ",\"format\":"
                + Json.quoted(result.format().name().toLowerCase(Locale.ROOT)) + ",\"claim\":"
                + Json.quoted(result.scenario().claim()) + ",\"outcome\":"
                + Json.quoted(result.outcome().kind().name().toLowerCase(Locale.ROOT)) + ",\"detail\":"
                + Json.quoted(result.outcome().detail()) + ",\"millis\":" + result.millis() + "}";
    }

    /** As Surefire writes it ({@code surefire-test-report.xsd}). */
    public String junit() {
        StringBuilder xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        long millis = results.stream().mapToLong(Result::millis).sum();
        xml.append("<testsuite name=\"holdfast validate\" time=\"")
                .append(seconds(millis))
                .append("\" tests=\"")
                .append(results.size())
                .append("\" errors=\"0\" skipped=\"")
                .append(count(Outcome.Kind.SKIPPED))
                .append("\" failures=\"")
                .append(count(Outcome.Kind.FAILED))
                .append("\">\n  <properties>\n    <property name=\"url\" value=\"")
                .append(escaped(url))
                .append("\"/>\n    <property name=\"seed\" value=\"")
                .append(seed)
                .append("\"/>\n  </properties>\n");
        for (Result result : results) {
            xml.append("  <testcase name=\"")
                    .append(escaped(result.name()))
                    .append("\" classname=\"holdfast.validate.")
                    .append(escaped(result.scenario().group()))
                    .append("\" time=\"")
                    .append(seconds(result.millis()))
                    .append('"')
                    .append(inner(result))
                    .append('\n');
        }
        return xml.append("</testsuite>\n").toString();
    }

    private static String inner(Result result) {
        String detail = escaped(result.outcome().detail());
        return switch (result.outcome().kind()) {
            case PASSED -> detail.isEmpty() ? "/>" : "><system-out>" + detail + "</system-out></testcase>";
            case SKIPPED -> "><skipped message=\"" + detail + "\"/></testcase>";
            case FAILED ->
                "><failure message=\"" + detail + "\" type=\"NotHeld\">"
                        + escaped(result.scenario().claim()) + "</failure></testcase>";
        };
    }

    private static String seconds(long millis) {
        return String.format(Locale.ROOT, "%.3f", millis / 1000.0);
    }

    /** For text and attributes; what XML 1.0 cannot hold becomes a question mark. */
    private static String escaped(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            switch (c) {
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '&' -> out.append("&amp;");
                case '"' -> out.append("&quot;");
                case '\n', '\r', '\t' -> out.append("&#").append(c).append(';');
                default -> {
                    boolean allowed = c >= 0x20 && c < 0xD800 || c >= 0xE000 && c < 0xFFFE || c > 0xFFFF;
                    out.appendCodePoint(allowed ? c : '?');
                }
            }
        });
        return out.toString();
    }
}

package io.holdfast.validate;

/** One scenario in one format, and what came of it. */
public record Result(Scenario scenario, Format format, Outcome outcome, long millis) {
    String name() {
        return scenario.name() + " (" + format.name().toLowerCase(java.util.Locale.ROOT) + ")";
    }
}

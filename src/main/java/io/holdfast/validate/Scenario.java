package io.holdfast.validate;

import io.holdfast.client.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Something that must hold of a gateway, and how it is looked at.
 *
 * @param name letters and hyphens; unique
 * @param group the first word of the report's lines
 * @param claim what holds, as a sentence
 * @param shortForm whether it is quick enough for every build
 * @param limit it fails after that long and the suite's patience
 */
public record Scenario(
        String name, String group, String claim, Set<Need> needs, boolean shortForm, Duration limit, Script script) {

    /** What is done. Ends normally if the claim holds. */
    interface Script {
        /**
         * @throws NotHeldException if the claim does not hold
         * @throws NotApplicableException if that cannot be seen here
         */
        void run(Scope scope) throws IOException, InterruptedException;
    }

    static Scenario of(String group, String name, String claim, Script script, Need... needs) {
        Set<Need> all = EnumSet.noneOf(Need.class);
        all.addAll(Arrays.asList(needs));
        return new Scenario(name, group, claim, all, true, Duration.ofSeconds(30), script);
    }

    /** Group, name, claim, form and needs, in one line. */
    public String described() {
        String wanted = needs.isEmpty()
                ? ""
                : "; needs " + String.join(", ", needs.stream().map(Need::words).toList());
        return String.format(
                Locale.ROOT, "%-10s %-20s %s%s%s", group, name, claim, shortForm ? "" : " (long form)", wanted);
    }

    /** The same as JSON: {@code {"group","name","claim","short","needs":[…]}}. */
    public String json() {
        List<String> wanted =
                needs.stream().map(need -> Json.quoted(need.words())).toList();
        return "{\"group\":" + Json.quoted(group) + ",\"name\":" + Json.quoted(name) + ",\"claim\":"
                + Json.quoted(claim) + ",\"short\":" + shortForm + ",\"needs\":[" + String.join(",", wanted) + "]}";
    }

    /** The same in the long form only, with this limit. */
    Scenario lasting(Duration longest) {
        return new Scenario(name, group, claim, needs, false, longest, script);
    }
}

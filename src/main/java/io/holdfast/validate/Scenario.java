package io.holdfast.validate;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
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

    /** The same in the long form only, with this limit. */
    Scenario lasting(Duration longest) {
        return new Scenario(name, group, claim, needs, false, longest, script);
    }
}

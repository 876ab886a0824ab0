package io.holdfast.validate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** How scenarios are run; they themselves are tested against gateways, broken ones and real ones. */
class SuiteTest {
    private static final URI NOWHERE = URI.create("http://localhost:1");

    private static Suite suite(long seed, boolean shortForm, Set<String> only) {
        Settings settings = new Settings(
                List.of(Format.JSON),
                seed,
                only,
                shortForm,
                false,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                null);
        return new Suite(new Target(NOWHERE, NOWHERE, null, null), settings, null);
    }

    private static Outcome outcome(long seed, Scenario.Script script, Need... needs) {
        return suite(seed, true, Set.of())
                .run(Scenario.of("group", "name", "claim", script, needs), Format.JSON)
                .outcome();
    }

    @Test
    void names_are_unique_and_no_name_is_that_of_a_group() {
        List<Scenario> all = new ArrayList<>(Suite.all());
        all.addAll(HostScenarios.all());
        assertThat(all).extracting(Scenario::name).doesNotHaveDuplicates();
        Set<String> groups = all.stream().map(Scenario::group).collect(Collectors.toSet());
        assertThat(all).extracting(Scenario::name).doesNotContainAnyElementsOf(groups);
    }

    @Test
    void the_documentation_has_every_scenario_with_its_claim() throws IOException {
        String page = Files.readString(Path.of("docs/validation.md"));
        assertThat(Suite.all())
                .allSatisfy(scenario ->
                        assertThat(page).contains("| `" + scenario.name() + "` | " + scenario.claim() + " | "));
    }

    @Test
    void the_short_form_leaves_out_what_takes_long_and_names_choose_whatever_the_form() {
        assertThat(suite(1, true, Set.of()).chosen())
                .isNotEmpty()
                .allMatch(Scenario::shortForm)
                .hasSizeLessThan(Suite.all().size());
        assertThat(suite(1, false, Set.of()).chosen()).hasSameSizeAs(Suite.all());
        assertThat(suite(1, true, Set.of("idle", "chaos")).chosen())
                .extracting(Scenario::name)
                .contains("idle", "slow-link")
                .doesNotContain("cut");
    }

    @Test
    void what_ends_normally_has_passed_with_its_figures() {
        assertThat(outcome(1, scope -> scope.note("3 things"))).isEqualTo(Outcome.passed("3 things"));
    }

    @Test
    void what_does_not_hold_or_cannot_be_reached_has_failed() {
        assertThat(outcome(1, scope -> scope.same(1, 2, "the number")))
                .isEqualTo(Outcome.failed("the number is 2 instead of 1"));
        assertThat(outcome(1, scope -> scope.line()).kind()).isEqualTo(Outcome.Kind.FAILED);
    }

    @Test
    void a_mistake_of_the_suite_is_no_pass() {
        Outcome outcome = outcome(1, scope -> {
            throw new IllegalStateException("oops");
        });
        assertThat(outcome.kind()).isEqualTo(Outcome.Kind.FAILED);
        assertThat(outcome.detail()).contains("the suite itself failed").contains("oops");
    }

    @Test
    void what_lacks_something_is_skipped_and_says_what() {
        Outcome outcome = outcome(
                1,
                scope -> {
                    throw new IllegalStateException("must not run");
                },
                Need.API_KEY,
                Need.INSECURE,
                Need.CHAOS);
        assertThat(outcome.kind()).isEqualTo(Outcome.Kind.SKIPPED);
        assertThat(outcome.detail())
                .contains("HOLDFAST_API_KEY")
                .contains("--chaos")
                .doesNotContain("insecure mode");
        assertThat(outcome(1, scope -> {
                    throw new NotApplicableException("no room");
                }))
                .isEqualTo(Outcome.skipped("no room"));
    }

    @Test
    void a_scenario_that_hangs_is_given_up_and_what_it_opened_is_closed() {
        List<String> closed = new ArrayList<>();
        Scenario hangs = Scenario.of("group", "hangs", "claim", scope -> {
                    scope.opened("line", () -> closed.add("line"));
                    while (!Thread.interrupted()) {
                        Thread.onSpinWait();
                    }
                })
                .lasting(Duration.ofMillis(200));
        Outcome outcome = suite(1, false, Set.of()).run(hangs, Format.JSON).outcome();
        assertThat(outcome.kind()).isEqualTo(Outcome.Kind.FAILED);
        assertThat(outcome.detail()).startsWith("not done within 1 s");
        assertThat(closed).containsExactly("line");
    }

    @Test
    void a_seed_makes_the_same_choices_again_and_another_makes_others() {
        List<Long> choices = new ArrayList<>();
        for (long seed : new long[] {5, 5, 6}) {
            outcome(seed, scope -> choices.add(scope.random().nextLong()));
        }
        assertThat(choices.get(0)).isEqualTo(choices.get(1)).isNotEqualTo(choices.get(2));
    }
}

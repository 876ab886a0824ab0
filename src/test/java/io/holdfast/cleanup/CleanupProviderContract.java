package io.holdfast.cleanup;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every provider keeps. A provider of an application is a subclass away from being checked. */
abstract class CleanupProviderContract {

    protected abstract CleanupProvider provider();

    /** Puts a resource there that was just used. @return its id */
    protected abstract String make(String name) throws Exception;

    /** Uses a resource, so that it is none to be cleaned. */
    protected abstract void use(String id) throws Exception;

    /** Whether a resource is there and can be used. */
    protected abstract boolean usable(String id);

    protected abstract void advance(Duration time);

    /** After so long unused a resource is a candidate. */
    protected abstract Duration age();

    private List<Candidate> candidates(int limit) {
        List<Candidate> found = new ArrayList<>();
        String cursor = "";
        while (cursor != null) {
            CandidatePage page = provider().discover(cursor, limit);
            found.addAll(page.candidates());
            cursor = page.next();
        }
        return found;
    }

    private Candidate old(String name) throws Exception {
        String id = make(name);
        advance(age().plusMinutes(1));
        return candidates(100).stream()
                .filter(candidate -> candidate.id().equals(id))
                .findAny()
                .orElseThrow();
    }

    @Test
    void only_what_is_unused_for_long_is_a_candidate_whatever_the_size_of_a_page() throws Exception {
        List<String> old = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            old.add(make("old" + i));
        }
        advance(age().plusMinutes(1));
        String young = make("young");
        for (int limit : new int[] {1, 2, 3, 100}) {
            assertThat(candidates(limit))
                    .as("pages of %s", limit)
                    .extracting(Candidate::id)
                    .containsExactlyInAnyOrderElementsOf(old)
                    .doesNotContain(young);
        }
        assertThat(candidates(100)).allSatisfy(candidate -> {
            assertThat(candidate.why()).isNotBlank();
            assertThat(provider().dependency(candidate)).isEmpty();
        });
    }

    @Test
    void a_search_continues_where_an_earlier_one_stopped_even_if_that_was_removed() throws Exception {
        List<String> left = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            left.add(make("old" + i));
        }
        advance(age().plusMinutes(1));
        CandidatePage first = provider().discover("", 2);
        for (Candidate candidate : first.candidates()) {
            left.remove(candidate.id());
            assertThat(provider().delete(candidate)).isTrue();
        }
        assertThat(first.next()).isNotNull();
        assertThat(provider().discover(first.next(), 100).candidates())
                .extracting(Candidate::id)
                .containsExactlyInAnyOrderElementsOf(left);
    }

    @Test
    void a_soft_delete_is_taken_back_completely_also_twice() throws Exception {
        Candidate candidate = old("a");
        provider().softDelete(candidate);
        provider().softDelete(candidate);
        provider().restore(candidate);
        provider().restore(candidate);
        assertThat(usable(candidate.id())).isTrue();
    }

    @Test
    void a_restore_of_what_was_never_soft_deleted_does_nothing() throws Exception {
        Candidate candidate = old("a");
        provider().restore(candidate);
        assertThat(usable(candidate.id())).isTrue();
    }

    @Test
    void what_is_deleted_is_gone_also_twice_and_nobody_depends_on_it() throws Exception {
        Candidate candidate = old("a");
        provider().softDelete(candidate);
        assertThat(provider().delete(candidate)).isTrue();
        assertThat(usable(candidate.id())).isFalse();
        assertThat(provider().dependency(candidate)).isEmpty();
        assertThat(provider().delete(candidate)).isTrue();
        assertThat(candidates(100)).isEmpty();
    }

    @Test
    void what_was_used_again_is_depended_on_and_not_deleted() throws Exception {
        Candidate candidate = old("a");
        provider().softDelete(candidate);
        use(candidate.id());
        assertThat(provider().dependency(candidate)).isPresent();
        assertThat(provider().delete(candidate)).isFalse();
        provider().restore(candidate);
        assertThat(usable(candidate.id())).isTrue();
        assertThat(candidates(100)).isEmpty();
    }
}

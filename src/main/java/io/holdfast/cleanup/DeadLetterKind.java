package io.holdfast.cleanup;

import io.holdfast.delivery.DeadLetter;
import io.holdfast.delivery.DeliveryClock;
import io.holdfast.delivery.StoredResources;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Dead letters that were not sent again. In their grace period they stay in the list and can be sent. */
final class DeadLetterKind extends StoredKind {
    DeadLetterKind(StoredResources resources, Duration age, DeliveryClock clock) {
        super("dead-letters", 100, resources, age, clock);
    }

    @Override
    CandidatePage discover(String cursor, int limit, long oldestMillis) {
        long after = cursor.isEmpty() ? 0 : Long.parseLong(cursor);
        List<DeadLetter> letters = resources.letters(after, limit);
        List<Candidate> found = new ArrayList<>();
        for (DeadLetter letter : letters) {
            if (letter.deadAtMillis() <= oldestMillis) {
                String id = Long.toString(letter.number());
                found.add(new Candidate(id, letter.client(), letter.deadAtMillis(), "in the list for " + age));
            }
        }
        @Nullable
        String next = letters.size() < limit
                ? null
                : Long.toString(letters.get(letters.size() - 1).number());
        return new CandidatePage(found, letters.size(), next);
    }

    /** A number stands for one letter in each life of the list. */
    @Override
    public Optional<String> dependency(Candidate candidate) {
        return Removals.read(() -> resources.letter(Long.parseLong(candidate.id())))
                .filter(letter -> letter.deadAtMillis() > candidate.unusedSinceMillis())
                .map(letter -> "its number belongs to another dead letter");
    }

    @Override
    public boolean delete(Candidate candidate) {
        return Removals.await(resources.discardLetter(Long.parseLong(candidate.id())));
    }
}

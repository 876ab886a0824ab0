package com.example.shop;

import io.holdfast.cleanup.Candidate;
import io.holdfast.cleanup.CandidatePage;
import io.holdfast.cleanup.CleanupException;
import io.holdfast.cleanup.CleanupException.Cause;
import io.holdfast.cleanup.CleanupProvider;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

@ApplicationScoped
public class Carts implements CleanupProvider {
    private static final Duration AGE = Duration.ofSeconds(1);

    @Inject
    CartStore store;

    @Override
    public String kind() {
        return "carts";
    }

    @Override
    public int order() {
        return 500;
    }

    @Override
    public CandidatePage discover(String cursor, int limit) {
        List<CartStore.Cart> page = asked(() -> store.after(cursor, limit));
        long oldest = System.currentTimeMillis() - AGE.toMillis();
        List<Candidate> old = new ArrayList<>();
        for (CartStore.Cart cart : page) {
            if (cart.usedAtMillis() <= oldest) {
                old.add(new Candidate(cart.id(), cart.client(), cart.usedAtMillis(), "unused for " + AGE));
            }
        }
        String next = page.size() < limit ? null : page.get(page.size() - 1).id();
        return new CandidatePage(old, page.size(), next);
    }

    @Override
    public Optional<String> dependency(Candidate candidate) {
        return asked(() -> store.find(candidate.id()))
                .filter(cart -> cart.usedAtMillis() > candidate.unusedSinceMillis())
                .map(cart -> "it was used again");
    }

    @Override
    public void softDelete(Candidate candidate) {
        asked(() -> store.hide(candidate.id(), true));
    }

    @Override
    public void restore(Candidate candidate) {
        asked(() -> store.hide(candidate.id(), false));
    }

    @Override
    public boolean delete(Candidate candidate) {
        return asked(() -> store.deleteUnlessUsedAfter(candidate.id(), candidate.unusedSinceMillis()));
    }

    /** The cause says how often it is tried again. The message gets into the audit: no secrets in it. */
    private static <T> T asked(CartStore.Question<T> question) {
        try {
            return question.answer();
        } catch (CartStore.BusyException e) {
            throw new CleanupException(Cause.RATE_LIMIT, "the shop's store is busy", e);
        } catch (SecurityException e) {
            throw new CleanupException(Cause.AUTHORIZATION, "the shop's store refused it", e);
        }
    }
}

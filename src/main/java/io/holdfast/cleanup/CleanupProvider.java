package io.holdfast.cleanup;

import java.util.Optional;

/**
 * One kind of resource that is cleaned up. An application adds its own as a CDI bean. {@code CleanupProviderContract} is
 * what all of them keep.
 *
 * <p>Duties of an implementer:
 *
 * <ul>
 *   <li>Every method may be repeated after a failure or a crash with the same candidate, and then does what is left of it
 *       or nothing.
 *   <li>{@link #softDelete} destroys nothing: {@link #restore} brings everything back, also when nothing was deleted.
 *   <li>{@link #delete} destroys nothing that was used after {@link Candidate#unusedSinceMillis()}.
 *   <li>{@link #discover} and {@link #dependency} change nothing; {@code dependency} is called from several threads.
 *   <li>What fails is a {@link CleanupException}; it is repeated as its cause says. Never null.
 * </ul>
 */
public interface CleanupProvider {

    /** Names the kind in calls, audit and configuration: letters, digits and {@code -}. */
    String kind();

    /** Kinds are cleaned in rising order: what refers to others comes before them. The built-in ones lie from 100 to 400. */
    int order();

    /**
     * A part of a walk over all resources, in the same order every time.
     *
     * @param cursor where it begins: empty, or {@link CandidatePage#next()} of the part before, also of an earlier walk:
     *     what it names may have gone since
     * @param limit about how many resources to look at
     */
    CandidatePage discover(String cursor, int limit);

    /** Why a resource must stay now, for the audit; empty if nothing depends on it. */
    Optional<String> dependency(Candidate candidate);

    /**
     * Whether a hold on another resource keeps this one too, because they hang together: with this one that one would go, or
     * lose its worth. For holds on owners it is not asked: they count by {@link Candidate#owner()}.
     *
     * @param kind of the resource that is held
     * @param id names it
     */
    default boolean isKeptBy(Candidate candidate, String kind, String id) {
        return false;
    }

    /**
     * Whether a soft delete of this kind changes nothing, since the resource may go on being used in its grace period. Then
     * there is nothing to undo either: {@link #restore} is not called for a cycle that is undone, and its report says so.
     */
    default boolean softDeleteChangesNothing() {
        return false;
    }

    /** Sets a resource aside for the grace period; nothing needs to be done where it may go on being used. */
    void softDelete(Candidate candidate);

    /** Takes {@link #softDelete} back. */
    void restore(Candidate candidate);

    /** @return false if it was kept because it is in use again; true if it is gone, by this call or before */
    boolean delete(Candidate candidate);
}

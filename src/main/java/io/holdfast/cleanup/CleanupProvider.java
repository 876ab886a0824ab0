package io.holdfast.cleanup;

import java.util.Optional;

/**
 * Provides one kind of resource to cleanup. An application adds its own kind as a CDI bean. Every provider passes {@code
 * CleanupProviderContract}.
 *
 * <p>Duties of an implementer:
 *
 * <ul>
 *   <li>After a failure or a crash, every method may be called again with the same candidate. It then does what is left to
 *       do, or nothing.
 *   <li>{@link #softDelete} destroys nothing: {@link #restore} brings everything back, even if nothing was soft-deleted.
 *   <li>{@link #delete} keeps a resource that was used after {@link Candidate#unusedSinceMillis()}.
 *   <li>{@link #discover} and {@link #dependency} change nothing; {@code dependency} is called from several threads.
 *   <li>A method reports a failure with a {@link CleanupException}, whose cause says how often the operation is repeated. A
 *       method never returns null.
 * </ul>
 */
public interface CleanupProvider {

    /** The name of the kind in calls, audit and configuration: letters, digits and {@code -}. */
    String kind();

    /**
     * The place of the kind in a cycle: lower numbers come first. Resources that refer to others must come before these. The
     * built-in kinds have 100 to 400.
     */
    int order();

    /**
     * Reads one page of all resources, in the same order every time.
     *
     * @param cursor where the page begins: empty, or {@link CandidatePage#next()} of the previous page, which may be from an
     *     earlier cycle. The resource that it names may no longer exist
     * @param limit about how many resources to read
     */
    CandidatePage discover(String cursor, int limit);

    /** Why a resource must stay now, for the audit; empty if nothing depends on it. */
    Optional<String> dependency(Candidate candidate);

    /**
     * Whether a hold on another resource also keeps this one, because the other one would be removed together with this one or
     * would be useless without it. Holds on owners do not need this method: they apply by {@link Candidate#owner()}.
     *
     * @param kind the kind of the resource that is held
     * @param id the id of the resource that is held
     */
    default boolean isKeptBy(Candidate candidate, String kind, String id) {
        return false;
    }

    /**
     * Whether a soft delete of this kind changes nothing, because the resource can still be used in its grace period. Then
     * there is nothing to undo: {@link #restore} is not called when a cycle is undone, and the report of the cycle says so.
     */
    default boolean softDeleteChangesNothing() {
        return false;
    }

    /**
     * Marks a resource as deleted for the grace period. If the resource can still be used in that period, the method does
     * nothing.
     */
    void softDelete(Candidate candidate);

    /** Takes {@link #softDelete} back. */
    void restore(Candidate candidate);

    /**
     * Deletes a resource.
     *
     * @return false if the resource was kept because it is in use again; true if it is deleted, by this call or earlier
     */
    boolean delete(Candidate candidate);
}
